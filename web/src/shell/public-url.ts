// Detects that the page was opened at an address other than the server's.

/** Returns the same page at the server's address, or undefined if it is already open there. */
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
