// Formats numbers of turns.

/** Returns the number of turns in a conversation. */
export const turnCount = (count: number): string =>
  count === 0 ? "No turns yet" : `${count} ${count === 1 ? "turn" : "turns"}`;

/** Returns the number of turns left, or undefined above 20: participants don't need the number, and it is an estimate. */
export function turnsLeft(left: number | undefined): string | undefined {
  if (left === undefined || left > 20) return undefined;
  if (left === 0) return "No turns left";
  return `${left > 5 ? "About " : ""}${left} ${left === 1 ? "turn" : "turns"} left`;
}
