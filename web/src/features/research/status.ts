// How an invitation stands, in one word.
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

export const statusWords: Record<Status, string> = {
  live: "Live now",
  open: "Not opened yet",
  claimed: "In use",
  used_up: "Used up",
  expired: "Expired",
  revoked: "Revoked",
};
