// Names of the users and objects in the audit log, with links to their pages.
import { paths } from "../../paths";
import { researchPaths } from "../../research-paths";
import { type Entry, kindOf } from "./audit-text";
import { shortId } from "./users";

type Subject = NonNullable<Entry["subject"]>;

/** Returns the name of the user who acted. */
export const actorName = (entry: Entry): string | undefined =>
  entry.actor && (entry.actorName ?? `Account ${shortId(entry.actor)}`);

export function objectName({ kind, id, name }: Subject): { name: string; to?: string } {
  switch (kind) {
    case "person":
      return { name: name ?? `Account ${shortId(id)}`, to: paths.user(id) };
    case "invitation":
      return { name: name ? `the invitation “${name}”` : kindOf(kind), to: researchPaths.invitation(id) };
    case "preset":
      return { name: name ? `the preset “${name}”` : kindOf(kind), to: paths.presets() };
    case "conversation":
      return { name: name ? `a conversation of “${name}”` : kindOf(kind) };
    default:
      return { name: kindOf(kind) };
  }
}
