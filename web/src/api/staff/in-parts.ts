// Acts on more invitations than one request may name.
import type { BulkAnswer } from "./types";

/** The most invitations that the host changes at once. */
const AT_ONCE = 200;

/**
 * Throws if the first part fails. If a later one fails, `failed` says what to tell about it, so that what was done is
 * known; without it, this throws, too.
 */
export async function inParts(
  ids: readonly string[],
  ask: (part: string[]) => Promise<BulkAnswer>,
  failed?: (part: string[], error: unknown) => BulkAnswer["refused"],
): Promise<BulkAnswer> {
  const all: BulkAnswer = { items: [], refused: [] };
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const part = ids.slice(from, from + AT_ONCE);
    try {
      const { items, refused } = await ask(part);
      all.items.push(...items);
      all.refused.push(...refused);
    } catch (error) {
      if (!failed || from === 0) throw error;
      all.refused.push(...failed(part, error));
    }
  }
  return all;
}
