// Sends one request to the host: fills in the path and the query, encodes JSON, and returns data or the host's Problem.
// Callers provide the types.
export type Init = {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> };
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
};
type Answer = { data?: unknown; error?: unknown; response: Response };

/** Rejects only if no response arrives. */
export const send = async (method: string, path: string, init?: Init): Promise<Answer> =>
  answerOf(await request(method, path, init));

export function request(method: string, path: string, { params = {}, body, signal, headers }: Init = {}) {
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params.path?.[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params.query ?? {}))
    if (value !== undefined && value !== null) query.append(name, String(value));
  return fetch(query.size > 0 ? `${url}?${query}` : url, {
    method,
    ...(signal ? { signal } : {}),
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  if (response.ok) return { data: text === "" ? undefined : JSON.parse(text), response };
  return {
    error: readProblem(text) ?? {
      type: "about:blank",
      title: "Something went wrong. Please try again.",
      status: response.status,
      code: "internal",
    },
    response,
  };
}

/** Returns undefined for anything else, such as a proxy's HTML page. */
function readProblem(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "title" in value ? value : undefined;
  } catch {
    return undefined;
  }
}
