// Names of colleagues.
import type { Person } from "../../api/staff/types";

export const personName = ({ name, id }: Person): string => name ?? `Colleague ${id.slice(-4)}`;

/** Returns up to two letters for a name. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s@.]+/).filter((w) => /^[\p{L}\d]/u.test(w));
  return [words[0], words[1]]
    .map((w) => w?.[0] ?? "")
    .join("")
    .toUpperCase();
}

const list = new Intl.ListFormat("en", { style: "long", type: "conjunction" });

/** Joins names, the first three by name. */
export function namesOf(names: readonly string[]): string {
  if (names.length <= 3) return list.format(names);
  return list.format([...names.slice(0, 2), `${names.length - 2} others`]);
}
