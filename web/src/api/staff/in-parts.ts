// Acts on more invitations than one request may name.
import type { BulkAnswer } from "./types";

/** The most invitations that the host changes at once. */
const AT_ONCE = 200;

export async function inParts(
  ids: readonly string[],
  ask: (part: string[]) => Promise<BulkAnswer>,
): Promise<BulkAnswer> {
  const all: BulkAnswer = { items: [], refused: [] };
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const { items, refused } = await ask(ids.slice(from, from + AT_ONCE));
    all.items.push(...items);
    all.refused.push(...refused);
  }
  return all;
}
