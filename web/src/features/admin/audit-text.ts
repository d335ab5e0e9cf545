// The audit log in words. Each action is a sentence that follows the name of the person; `{it}` is its object.
import type { Schemas } from "../../api/client";
import { roles, roleWithArticle } from "./users";

export type Entry = Schemas["AuditEntry"];

const sentences: Record<string, string> = {
  signed_in: "signed in",
  sign_in_refused: "tried to sign in and was refused",
  signed_out: "signed out everywhere",
  logins_ended: "ended all sessions of {it}",
  role_given: "made {it} {role}",
  disabled: "disabled {it}",
  enabled: "enabled {it} again",
  identity_linked: "added a sign-in to {it}",
  guest_moved: "moved their guest conversations to {it}",
  invited: "created {it}",
  claimed: "accepted {it}",
  invitation_changed: "changed {it}",
  link_renewed: "gave {it} a fresh link",
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
};

/** Actions whose details are figures: before and after, or a duration. */
const measured = new Set(["invitation_changed", "links_downloaded", "preset_kept", "observation_ended"]);

/** The sentence of an entry, before its object and after it. An action that this page does not know is shown by its name. */
export function auditSentence(entry: Entry): { before: string; after: string } {
  const known = sentences[entry.deed] ?? `${entry.deed.replaceAll("_", " ")}${entry.subject ? " · {it}" : ""}`;
  const given = roles.find((role) => role === entry.detail);
  const role = given ? roleWithArticle(given) : "a role this page does not know";
  const [before = "", after = ""] = known.replace("{role}", role).split("{it}");
  const figures = entry.detail && measured.has(entry.deed) ? ` (${entry.detail.replaceAll("->", "→")})` : "";
  return { before, after: after + figures };
}

/** Whether a sentence has a place for its object. Without one, the object is the person who acted. */
export const namesSubject = (entry: Entry): boolean =>
  entry.subject !== undefined && (sentences[entry.deed]?.includes("{it}") ?? true);

const kinds: Record<string, string> = {
  person: "an account",
  invitation: "an invitation",
  conversation: "a conversation",
  preset: "a quota preset",
};

/** How an object is named where its own name is unknown. */
export const kindOf = (kind: string): string => kinds[kind] ?? "an object";

export const auditActions = Object.keys(sentences);
