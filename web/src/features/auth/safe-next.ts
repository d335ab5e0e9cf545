// Where people go after signing in, as the address says.
import { paths } from "../../paths";

/** A `?next=` of ours, or home: never a way to another site. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith("/") || !URL.canParse(next, location.origin)) return paths.home();
  const url = new URL(next, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : paths.home();
}
