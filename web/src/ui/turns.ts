// Turns as people read them.

/** How many turns a conversation has. */
export const turnCount = (count: number): string =>
  count === 0 ? "No turns yet" : `${count} ${count === 1 ? "turn" : "turns"}`;

/** How many turns are left. Above 20 the number says nothing a participant needs, and it is only an estimate. */
export function turnsLeft(left: number | undefined): string | undefined {
  if (left === undefined || left > 20) return undefined;
  if (left === 0) return "No turns left";
  return `${left > 5 ? "About " : ""}${left} ${left === 1 ? "turn" : "turns"} left`;
}
