// How an invitation stands, in one word: what the host says, and two things that matter more while they last.
import type { Schemas } from "../../api/client";

type Invitation = Schemas["Invitation"];

export const statuses = ["live", "open", "claimed", "used_up", "expired", "revoked"] as const;
export type Status = (typeof statuses)[number];

export const statusWords: Record<Status, string> = {
  live: "Live now",
  open: "Not opened yet",
  claimed: "In use",
  used_up: "Used up",
  expired: "Expired",
  revoked: "Revoked",
};

export function statusOf(i: Invitation): Status {
  if (i.live) return "live";
  if (i.state === "expired" || i.state === "revoked") return i.state;
  if (i.tokensUsed >= i.tokenQuota) return "used_up";
  return i.state === "open" ? "open" : "claimed";
}

export function matching(items: Invitation[], search: string, status: Status | undefined): Invitation[] {
  const wanted = search.trim().toLocaleLowerCase();
  const found = items.filter((i) => i.label.toLocaleLowerCase().includes(wanted));
  const chosen = status ? found.filter((i) => statusOf(i) === status) : found;
  return chosen.toSorted((a, b) => Number(b.live) - Number(a.live));
}
