// One typed request for the whole page, and one kind of failure: the host's Problem. Types come from openapi-fetch and
// openapi-react-query; what they do beyond types is so little here that it is done by `send`.
import { type UseMutationOptions, useMutation } from "@tanstack/react-query";
import type { Client } from "openapi-fetch";
import type { OpenapiQueryClient } from "openapi-react-query";
import type { components, paths } from "./schema.gen";
import { type Init, send } from "./send";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

type Key = readonly [method: string, path: string, init?: Init];

/** The data, or a Problem is thrown. */
async function dataOf([method, path, init]: Key, signal?: AbortSignal): Promise<unknown> {
  const { data, error } = await send(method.toUpperCase(), path, { ...init, ...(signal ? { signal } : {}) });
  if (error) throw error;
  return data ?? null;
}

export const client = {
  GET: (path: string, init?: Init) => send("GET", path, init),
  POST: (path: string, init?: Init) => send("POST", path, init),
} as unknown as Pick<Client<paths>, "GET" | "POST">;

export const $api = {
  queryOptions: (method: string, path: string, init?: Init, options?: object) => ({
    queryKey: init === undefined ? [method, path] : [method, path, init],
    queryFn: ({ queryKey, signal }: { queryKey: Key; signal: AbortSignal }) => dataOf(queryKey, signal),
    ...options,
  }),
  useMutation: (method: string, path: string, options?: UseMutationOptions<unknown, unknown, Init>) =>
    useMutation({ mutationFn: (init: Init) => dataOf([method, path, init]), ...options }),
} as unknown as Pick<OpenapiQueryClient<paths>, "queryOptions" | "useMutation">;

/** What any failure is, as a Problem: an answer that is none, and no answer at all (status 0). */
export function problemOf(error: unknown): Problem {
  if (typeof error === "object" && error !== null && "status" in error && "title" in error) return error as Problem;
  const offline = error instanceof TypeError;
  return {
    type: "about:blank",
    status: offline ? 0 : 500,
    code: offline ? "offline" : "internal",
    title: offline ? "The server cannot be reached." : "Something went wrong.",
  };
}
