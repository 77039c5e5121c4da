/** Throws when our own reasoning is wrong. Never used for what people, files or networks may send. */
export function assert(condition: unknown, whatHadToBeTrue: string): asserts condition {
  if (!condition) throw new Error(`Bug: ${whatHadToBeTrue}`);
}

/** Ends a `switch` over a union, so that a new member is a type error until it is handled. */
export function unreachable(value: never): never {
  throw new Error(`Bug: unhandled case ${JSON.stringify(value)}`);
}
