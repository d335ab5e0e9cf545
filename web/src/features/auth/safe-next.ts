// The page to open after sign-in, from the URL's `next` parameter.
import { paths } from "../../paths";

/** Returns `next` if it is on this site, otherwise the home page. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith("/") || !URL.canParse(next, location.origin)) return paths.home();
  const url = new URL(next, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : paths.home();
}
