import type { Request, RequestHandler, Response } from "express";
import * as v from "valibot";
import { type ErrorBody, type ErrorKind, errorTable } from "#shared/protocol/errors.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import type { Answer, Refusal } from "../access/answer.ts";

export const errorBody = (kind: ErrorKind): ErrorBody => ({ error: { kind, message: errorTable[kind].message } });

export function sendError(response: Response, kind: ErrorKind): void {
  if (kind === "too-many-tries") response.set("Retry-After", "600");
  response.status(errorTable[kind].status).json(errorBody(kind));
}

/** A handler that ends in a reply or in one of the failures of `errorTable`, and in nothing else. */
export function answering<T>(
  answer: (request: Request, response: Response) => Answer<T>,
  send: (response: Response, value: T) => void,
): RequestHandler {
  return async (request, response) => {
    const result = await answer(request, response);
    if (result.ok) send(response, result.value);
    else sendError(response, result.error.kind);
  };
}

export const asJson =
  (status: number) =>
  (response: Response, value: unknown): void => {
    response.status(status).json(value);
  };

export const asNothing = (response: Response): void => {
  response.status(204).end();
};

/** The body in its own type, or `bad-request`. */
export function parseBody<S extends v.GenericSchema>(schema: S, request: Request): Result<v.InferOutput<S>, Refusal> {
  const parsed = v.safeParse(schema, request.body);
  return parsed.success ? ok(parsed.output) : fail({ kind: "bad-request" });
}
