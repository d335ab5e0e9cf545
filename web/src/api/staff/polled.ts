// Queries that are polled: while nothing has changed, the host answers with 304, and the data stays as it is.
import { replaceEqualDeep } from "@tanstack/react-query";
import { problemOf } from "../client";
import { queryClient } from "../queries";
import { answerOf, type Init, request } from "../send";

/** A change is shown within three seconds, in milliseconds. */
const EVERY = 2_000;
/** Asking again doesn't help until the person signs in or reloads. */
const final = new Set([401, 403, 404, 410]);

type Key = readonly [method: string, path: string, init?: Init];
type Polling = { queryKey: readonly unknown[] };

/** The entity tags of answers. What a mutation put into the cache has none, so it is asked for in full. */
const tags = new WeakMap<object, string>();

/** Adds polling to a query's options. It pauses while the page is hidden. */
export function polled<Options extends Polling>(options: Options) {
  return {
    ...options,
    queryFn: ({ signal }: { signal: AbortSignal }) => ask(options.queryKey as unknown as Key, signal),
    refetchInterval: ({ state }: { state: { error: unknown } }) =>
      state.error && final.has(problemOf(state.error).status) ? (false as const) : EVERY,
    staleTime: 0,
    structuralSharing,
  } as unknown as Options & { refetchInterval: number };
}

/** Keeps the parts that didn't change the same objects. What comes of it has the tag of the answer. */
function structuralSharing(before: unknown, now: unknown): unknown {
  const shared = replaceEqualDeep(before, now);
  const tag = tagOf(now);
  if (tag) tags.set(shared as object, tag);
  return shared;
}

const tagOf = (data: unknown) => (typeof data === "object" && data !== null ? tags.get(data) : undefined);

async function ask(key: Key, signal: AbortSignal): Promise<unknown> {
  const [, path, init] = key;
  const before = queryClient.getQueryData(key);
  const tag = tagOf(before);
  const response = await request("GET", path, { ...init, signal, headers: tag ? { "If-None-Match": tag } : {} });
  // A mutation may have changed the data while the request was under way.
  if (response.status === 304) return queryClient.getQueryData(key) ?? before;
  const { data, error } = await answerOf(response);
  if (error) throw error;
  const now = response.headers.get("ETag");
  if (now && typeof data === "object" && data !== null) tags.set(data, now);
  return data ?? null;
}
