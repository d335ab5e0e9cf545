// Filters and pages are kept in the URL: they survive a reload, can be shared, and the Back button undoes them.

/** Returns the query after a change. Cleared choices are removed, and the list returns to its first page. */
export function withChoices(now: URLSearchParams, change: Record<string, string | undefined>): URLSearchParams {
  const next = new URLSearchParams(now);
  next.delete("cursor");
  for (const [name, value] of Object.entries(change)) {
    if (value?.trim()) next.set(name, value.trim());
    else next.delete(name);
  }
  return next;
}

/** Returns a parameter's value if it is one of the options. */
export function oneOf<T extends string>(query: URLSearchParams, name: string, options: readonly T[]): T | undefined {
  return options.find((option) => option === query.get(name));
}

/** Returns the object without empty values, for requests that must omit them. */
export function withoutEmpty<T extends object>(all: { [K in keyof T]: T[K] | null | undefined }): Partial<T> {
  const there = Object.entries(all).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(there) as Partial<T>;
}
