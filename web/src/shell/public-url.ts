// Whether a page is open at another address than its server's.

/** The same page at the server's address, if that is not where it is open. */
export function urlAtPublicOrigin(
  here: Pick<Location, "origin" | "pathname" | "search">,
  publicUrl: string | undefined,
): string | undefined {
  if (publicUrl === undefined || !URL.canParse(publicUrl) || new URL(publicUrl).origin === here.origin)
    return undefined;
  const there = new URL(here.pathname + here.search, publicUrl);
  // A path like `//other.example/` names another server.
  return there.origin === new URL(publicUrl).origin ? there.href : new URL(publicUrl).href;
}
