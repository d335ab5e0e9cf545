// The status of an invitation and its name on screen.
import type { Schemas } from "../../api/client";

export type Status = Schemas["Invitation"]["status"];

export const statuses = [
  "live",
  "open",
  "claimed",
  "used_up",
  "expired",
  "revoked",
] as const satisfies readonly Status[];

/** Returns an invitation's link if it can still be used. */
export const linkOf = (i: Schemas["Invitation"]): string | undefined =>
  i.state === "open" || i.state === "claimed" ? i.url : undefined;

export const statusWords: Record<Status, string> = {
  live: "Live now",
  open: "Not accepted yet",
  claimed: "In use",
  used_up: "Used up",
  expired: "Expired",
  revoked: "Revoked",
};
