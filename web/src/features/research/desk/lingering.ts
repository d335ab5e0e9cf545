// Keeps the list of live conversations steady: a phone with a bad connection leaves and comes back every second, and a
// button must not move just before it is clicked.
import type { LiveEntry } from "../../../api/staff/types";

/** How long a conversation stays in the list after its participant left, in milliseconds. */
export const LINGER = 8_000;

export type Lingering = LiveEntry & { /** When the participant left; absent while they are there. */ leftAt?: number };

/** Returns what to show: the entries in the order in which they were first seen, and those that just left. */
export function lingering(shown: readonly Lingering[], live: readonly LiveEntry[], now: number): Lingering[] {
  const present = new Map(live.map((entry) => [entry.conversationId, entry]));
  const stay = shown.flatMap((entry): Lingering[] => {
    const again = present.get(entry.conversationId);
    present.delete(entry.conversationId);
    if (again) return [again];
    const leftAt = entry.leftAt ?? now;
    return now - leftAt < LINGER ? [{ ...entry, leftAt }] : [];
  });
  return [...stay, ...present.values()];
}
