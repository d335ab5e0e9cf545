// One typed fetch for the whole page, and one kind of failure: the host's Problem.
import createFetchClient from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import type { Api } from "./document";
import type { components } from "./schema.gen";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

export const client = createFetchClient<Api>({ baseUrl: "" });
export const $api = createQueryClient(client);

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
