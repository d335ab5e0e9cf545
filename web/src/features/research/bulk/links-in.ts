// The links in an answer, and why the other invitations have none.
import type { BulkAnswer } from "../../../api/staff/types";
import { linkOf } from "../invitation-status";

export function linksIn({ items, refused }: BulkAnswer): { links: string[]; answer: BulkAnswer } {
  const links = items.flatMap((i) => linkOf(i) ?? []);
  const without = items.filter((i) => !linkOf(i));
  const reasons = without.map(({ id, state }) => ({ id, code: "conflict", detail: why[state] ?? gone }));
  return { links, answer: { items: items.filter(linkOf), refused: [...refused, ...reasons] } };
}

const gone = "Its link can't be shown anymore. Create a fresh link to get a new one.";
const why: Record<string, string> = { revoked: "It was revoked.", expired: "It has expired." };
