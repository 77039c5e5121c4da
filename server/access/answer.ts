import type { ErrorKind } from "#shared/protocol/errors.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import type { StoreFailure } from "../store/board-store.ts";

/** Why a call was refused; `errorTable` has its status and its sentence. */
export type Refusal = { readonly kind: ErrorKind };
export type Answer<T> = Promise<Result<T, Refusal>>;

export interface Steps {
  /** The value, or the end of the whole answer with this failure. */
  readonly take: <T>(
    step: Promise<Result<T, Refusal | StoreFailure>> | Result<T, Refusal | StoreFailure>,
  ) => Promise<T>;
  readonly refuse: (kind: ErrorKind) => never;
}

class Ended extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

/**
 * Runs an answer that takes several steps, each of which may fail: the first failure is the answer. It keeps a dozen
 * `if (!x.ok) return x` out of each function; to the caller it is a `Result` like any other.
 */
export async function inSteps<T>(run: (steps: Steps) => Promise<T>): Answer<T> {
  const refuse = (kind: ErrorKind): never => {
    throw new Ended({ kind });
  };
  const steps: Steps = {
    refuse,
    take: async (step) => {
      const result = await step;
      if (result.ok) return result.value;
      return refuse(result.error.kind === "store-failing" ? "not-storing" : result.error.kind);
    },
  };
  try {
    return ok(await run(steps));
  } catch (error) {
    if (error instanceof Ended) return fail(error.refusal);
    throw error;
  }
}
