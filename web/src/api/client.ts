// The page's typed API client. Every failure is a Problem, as the host sends it. openapi-fetch and openapi-react-query
// provide only the types; `send` does the little that this page needs of them at run time.
import { type UseMutationOptions, useMutation } from "@tanstack/react-query";
import type { Client } from "openapi-fetch";
import type { OpenapiQueryClient } from "openapi-react-query";
import type { components, paths } from "./schema.gen";
import { type Init, send } from "./send";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

type Key = readonly [method: string, path: string, init?: Init];

/** Returns the data, or throws a Problem. */
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

/** Turns any failure into a Problem. Status 0 means that no response arrived. */
export function problemOf(error: unknown): Problem {
  if (typeof error === "object" && error !== null && "status" in error && "title" in error) return error as Problem;
  const offline = error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
  return {
    type: "about:blank",
    status: offline ? 0 : 500,
    code: offline ? "offline" : "internal",
    title: offline ? "The server can't be reached. Check your connection." : "Something went wrong. Please try again.",
  };
}
