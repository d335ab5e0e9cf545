// The researchers' queries and calls, apart from the others, so that participants don't load them.
import type { Client } from "openapi-fetch";
import { $api, type Schemas } from "../client";
import { queries, queryClient } from "../queries";
import type { paths } from "../schema.gen";
import { type Init, send } from "../send";
import { inParts } from "./in-parts";
import { polled } from "./polled";
import type { BulkAct } from "./types";

const by = (id: string) => ({ params: { path: { id } } });
/** As many notes as the host returns at once. */
const AT_ONCE = 200;

const notes = (id: string, query: { tag?: string; cursor?: string }) =>
  $api.queryOptions("get", "/api/invitations/{id}/notes", {
    params: { path: { id }, query: { ...query, limit: AT_ONCE } },
  });

export const staffQueries = {
  desk: () => polled($api.queryOptions("get", "/api/desk", {})),
  invitation: (id: string) => polled(queries.invitation(id)),
  invitationConversations: (id: string) => polled(queries.invitationConversations(id)),
  invitations: (...query: Parameters<typeof queries.invitations>) => polled(queries.invitations(...query)),
  notes: (id: string, tag?: string) => polled(notes(id, tag ? { tag } : {})),
  /** A page of older notes; those aren't polled. */
  olderNotes: (id: string, cursor: string, tag?: string) => notes(id, tag ? { cursor, tag } : { cursor }),
  noteHistory: (id: string) => ({ ...$api.queryOptions("get", "/api/notes/{id}/history", by(id)), staleTime: 0 }),
  /** The links of selected invitations. Taking them is in the audit log, so they aren't fetched again by themselves. */
  links: (ids: readonly string[]) => ({
    queryKey: ["links", ids] as const,
    queryFn: () => inParts(ids, (part) => staffCalls.changeInvitations({ act: "links", ids: part })),
    staleTime: Number.POSITIVE_INFINITY,
  }),
  tags: () => polled($api.queryOptions("get", "/api/tags", {})),
  observers: (id: string) => polled($api.queryOptions("get", "/api/conversations/{id}/observers", by(id))),
};

const change = Object.fromEntries(
  ["POST", "PATCH", "PUT", "DELETE"].map((method) => [method, (path: string, init?: Init) => send(method, path, init)]),
) as unknown as Pick<Client<paths>, "POST" | "PATCH" | "PUT" | "DELETE">;

/** Returns the data of an answer, or throws the host's Problem. */
async function dataOf<Data>(answer: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  const { data, error } = await answer;
  if (error) throw error;
  return data as Data;
}

export const staffCalls = {
  addNote: (id: string, body: Schemas["NewNote"], signal: AbortSignal) =>
    dataOf(change.POST("/api/invitations/{id}/notes", { ...by(id), body, signal })),
  editNote: (id: string, body: Schemas["NoteChange"]) => dataOf(change.PATCH("/api/notes/{id}", { ...by(id), body })),
  deleteNote: (id: string) => dataOf(change.DELETE("/api/notes/{id}", by(id))),
  readNotes: (ids: string[]) => dataOf(change.POST("/api/notes/read", { body: { notes: ids } })),
  /** Marks a note and all older ones. */
  readAllNotes: (upTo: string) => dataOf(change.POST("/api/notes/read", { body: { upTo } })),
  changeInvitations: (body: BulkAct & { ids: string[] }) => dataOf(change.POST("/api/invitations/bulk", { body })),
  writeTags: (body: Schemas["NewTagList"]) => dataOf(change.PUT("/api/tags", { body })),
};

/** Fetches an invitation's notes again, with every filter. */
export const refreshNotes = (id: string) =>
  queryClient.invalidateQueries({
    queryKey: notes(id, {}).queryKey.slice(0, 2),
    predicate: ({ queryKey }) => (queryKey[2] as Init | undefined)?.params?.path?.id === id,
  });
