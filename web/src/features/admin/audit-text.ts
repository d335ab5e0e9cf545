// The audit log as sentences. Each one follows the name of the user who acted; `{it}` stands for its object.
import type { Schemas } from "../../api/client";
import { roleNames, roles } from "./users";

export type Entry = Schemas["AuditEntry"];

const sentences: Record<string, string> = {
  signed_in: "signed in",
  sign_in_refused: "tried to sign in and was refused",
  signed_out: "signed out everywhere",
  logins_ended: "ended all sessions of {it}",
  role_given: "changed the role of {it} to {role}",
  disabled: "disabled {it}",
  enabled: "enabled {it} again",
  identity_linked: "added a sign-in to {it}",
  guest_moved: "moved their guest conversations to {it}",
  invited: "created {it}",
  claimed: "accepted {it}",
  invitation_changed: "changed {it}",
  link_renewed: "created a fresh link for {it}",
  revoked: "revoked {it}",
  links_downloaded: "downloaded invitation links",
  observed: "watched {it}",
  observation_ended: "stopped watching {it}",
  ended: "ended {it}",
  read: "read {it}",
  exported: "downloaded their data",
  erased: "deleted the conversations of {it}",
  preset_kept: "saved {it}",
  preset_removed: "removed {it}",
  tags_saved: "changed the tags for notes",
};

/** Actions whose detail is shown: values before and after, or a duration. */
const measured = new Set(["invitation_changed", "links_downloaded", "preset_kept", "observation_ended", "tags_saved"]);

/** Returns an entry's sentence as the parts before and after its object. An unknown action is shown by its name. */
export function auditSentence(entry: Entry): { before: string; after: string } {
  const known = sentences[entry.deed] ?? `${entry.deed.replaceAll("_", " ")}${entry.subject ? " · {it}" : ""}`;
  const given = roles.find((role) => role === entry.detail);
  const role = given ? roleNames[given].toLowerCase() : (entry.detail ?? "");
  const [before = "", after = ""] = known.replace("{role}", role).split("{it}");
  const figures = entry.detail && measured.has(entry.deed) ? ` (${entry.detail.replaceAll("->", "→")})` : "";
  return { before, after: after + figures };
}

/** Whether a sentence mentions its object. If not, the object is the user who acted. */
export const namesSubject = (entry: Entry): boolean =>
  entry.subject !== undefined && (sentences[entry.deed]?.includes("{it}") ?? true);

const kinds: Record<string, string> = {
  person: "an account",
  invitation: "an invitation",
  conversation: "a conversation",
  preset: "a quota preset",
};

/** Returns what to call an object whose name is unknown. */
export const kindOf = (kind: string): string => kinds[kind] ?? "an object";

export const auditActions = Object.keys(sentences);
