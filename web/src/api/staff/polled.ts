// Queries that are polled: while nothing has changed, the host answers with 304, and the data stays as it is.
import { problemOf } from "../client";
import { queryClient } from "../queries";
import { answerOf, type Init, request } from "../send";

/** A change is shown within three seconds, in milliseconds. */
const EVERY = 2_000;
/** Asking again doesn't help until the person signs in or reloads. */
const final = new Set([401, 403, 404, 410]);

type Key = readonly [method: string, path: string, init?: Init];
type Polling = { queryKey: readonly unknown[] };

/** The entity tag of the newest answer of each query. */
const newest = new Map<string, string>();

/** Adds polling to a query's options. It pauses while the page is hidden. */
export function polled<Options extends Polling>(options: Options) {
  return {
    ...options,
    queryFn: ({ signal }: { signal: AbortSignal }) => ask(options.queryKey as unknown as Key, signal),
    refetchInterval: ({ state }: { state: { error: unknown } }) =>
      state.error && final.has(problemOf(state.error).status) ? (false as const) : EVERY,
    staleTime: 0,
  } as unknown as Options & { refetchInterval: number };
}

async function ask(key: Key, signal: AbortSignal): Promise<unknown> {
  const [, path, init] = key;
  const name = JSON.stringify(key);
  const before = queryClient.getQueryData(key);
  const tag = before === undefined ? undefined : newest.get(name);
  const response = await request("GET", path, { ...init, signal, headers: tag ? { "If-None-Match": tag } : {} });
  if (response.status === 304) return before;
  const { data, error } = await answerOf(response);
  if (error) throw error;
  newest.set(name, response.headers.get("ETag") ?? "");
  return data ?? null;
}
