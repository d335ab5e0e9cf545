// Filters and pages live in the address: they outlast a reload, can be sent to somebody, and the Back button undoes them.

/** The address after another choice. Unset choices are left out, and the list returns to its first page. */
export function withChoices(now: URLSearchParams, change: Record<string, string | undefined>): URLSearchParams {
  const next = new URLSearchParams(now);
  next.delete("cursor");
  for (const [name, value] of Object.entries(change)) {
    if (value?.trim()) next.set(name, value.trim());
    else next.delete(name);
  }
  return next;
}

/** A choice out of a few; what somebody else wrote there is none. */
export function oneOf<T extends string>(query: URLSearchParams, name: string, options: readonly T[]): T | undefined {
  return options.find((option) => option === query.get(name));
}

/** Only what is there: for a request that must not name what it does not want. */
export function withoutEmpty<T extends object>(all: { [K in keyof T]: T[K] | null | undefined }): Partial<T> {
  const there = Object.entries(all).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(there) as Partial<T>;
}
