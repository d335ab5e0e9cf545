// The invitations that a researcher has selected, over all pages of the list. A pure value.
import type { Schemas } from "../../../api/client";

type Invitation = Schemas["Invitation"];
export type Selection = ReadonlyMap<string, Invitation>;

export const nothingSelected: Selection = new Map();

export function toggled(selection: Selection, one: Invitation): Selection {
  return selection.has(one.id) ? without(selection, [one]) : withAll(selection, [one]);
}

/** Selects everything between two rows, as Shift with a click does. */
export function toRange(selection: Selection, list: readonly Invitation[], from: string | undefined, to: Invitation) {
  const [a, b] = [list.findIndex((i) => i.id === from), list.findIndex((i) => i.id === to.id)];
  if (a < 0 || b < 0) return toggled(selection, to);
  return withAll(selection, list.slice(Math.min(a, b), Math.max(a, b) + 1));
}

export const withAll = (selection: Selection, list: readonly Invitation[]): Selection =>
  new Map([...selection, ...list.map((i) => [i.id, i] as const)]);

export function without(selection: Selection, list: readonly Invitation[]): Selection {
  const gone = new Set(list.map((i) => i.id));
  return new Map([...selection].filter(([id]) => !gone.has(id)));
}
