// The audit log in words. Each deed is a sentence that goes on after who did it; `{it}` is what it was done to.
import type { Schemas } from "../../api/client";
import { aRole, roles } from "./people";

export type Entry = Schemas["AuditEntry"];

const sentences: Record<string, string> = {
  signed_in: "signed in",
  sign_in_refused: "tried to sign in and was refused",
  signed_out: "signed out everywhere",
  logins_ended: "ended all sessions of {it}",
  role_given: "made {it} {role}",
  disabled: "disabled {it}",
  enabled: "enabled {it} again",
  identity_linked: "linked another way to sign in to {it}",
  guest_moved: "moved what they had as a guest to {it}",
  invited: "made {it}",
  claimed: "opened {it} and agreed",
  invitation_changed: "changed {it}",
  link_renewed: "gave {it} a fresh link",
  revoked: "revoked {it}",
  observed: "watched {it}",
  observation_ended: "stopped watching {it}",
  ended: "ended {it}",
  read: "read {it}",
  exported: "downloaded all that is kept of them",
  erased: "deleted the words of {it}",
  preset_kept: "wrote {it}",
  preset_removed: "removed {it}",
};

/** Deeds whose details are figures: before and after, or how long. */
const measured = new Set(["invitation_changed", "preset_kept", "observation_ended"]);

/** What an entry says, in front of its subject and after it. A deed that is not known yet is said by its name. */
export function inWords(entry: Entry): { before: string; after: string } {
  const known = sentences[entry.deed] ?? `did “${entry.deed.replaceAll("_", " ")}”${entry.subject ? " to {it}" : ""}`;
  const given = roles.find((role) => role === entry.detail);
  const role = given ? aRole(given) : "something else";
  const [before = "", after = ""] = known.replace("{role}", role).split("{it}");
  const figures = entry.detail && measured.has(entry.deed) ? ` (${entry.detail.replaceAll("->", "→")})` : "";
  return { before, after: after + figures };
}

/** Whether a sentence has a place for its subject: without one, the subject is the one who did it. */
export const namesSubject = (entry: Entry): boolean =>
  entry.subject !== undefined && (sentences[entry.deed]?.includes("{it}") ?? true);

const kinds: Record<string, string> = {
  person: "an account",
  invitation: "an invitation",
  conversation: "a conversation",
  preset: "a quota preset",
};

/** What a subject is called where its own name is not known. */
export const kindOf = (kind: string): string => kinds[kind] ?? "something";

export const deedNames = Object.keys(sentences);
