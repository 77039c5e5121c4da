/** What a call that may fail hands back: a value, or the facts of why not. Failures are plain objects with a `kind`. */
export type Result<T, E = never> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

export const fail = <const E extends { readonly kind: string }>(error: E): Result<never, E> => ({ ok: false, error });
