import type { ErrorBody, ErrorKind } from "#shared/protocol/errors.ts";
import { fail, ok, type Result } from "#shared/result.ts";

/** Why a call failed: what the server said, or `offline` when no answer came. */
export interface CallError {
  readonly kind: ErrorKind | "offline";
}

/** A kind that we do not know falls back to a general sentence where it is shown, so the table stays off the join path. */
function parseErrorKind(body: unknown): ErrorKind {
  const kind: unknown = (body as Partial<ErrorBody> | undefined)?.error?.kind;
  return typeof kind === "string" ? (kind as ErrorKind) : "unexpected";
}

/**
 * One call of our own API. The answer's shape is the server's promise (`shared/protocol/api.ts`), not checked again here:
 * both come from one build, and a checker would weigh on the join path.
 */
export async function call<Reply>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Result<Reply, CallError>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch {
    return fail({ kind: "offline" });
  }
  // A proxy in front of a stopped server answers for it: to a person that is the same as no answer.
  if (response.status === 502 || response.status === 504) return fail({ kind: "offline" });
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const reply: unknown = isJson ? await response.json().catch(() => undefined) : undefined;
  if (!response.ok) return fail({ kind: parseErrorKind(reply) });
  return ok(reply as Reply);
}
