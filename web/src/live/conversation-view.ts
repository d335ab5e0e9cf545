// Questions the page asks of a conversation's state. Pure, like the state itself.
import type { ConversationState, MessageRow } from "./conversation-state";

export const inScene = (r: { role: MessageRow["role"]; aside: boolean }) => r.role !== "coach" && !r.aside;
const inMargin = (r: MessageRow) => !inScene(r) && !isSilent(r);

/** The coach's margin, oldest first. A missing comment that came after all, or is missing again, is shown once. */
export function marginRows(rows: readonly MessageRow[]): readonly MessageRow[] {
  const newest = new Map(rows.filter(isComment).map((r) => [r.turn, r.id]));
  return rows.filter((r) => inMargin(r) && !(r.status === "skipped" && newest.get(r.turn) !== r.id));
}

const isComment = (r: MessageRow) => r.role === "coach" && !r.aside;

/** A coach that was never meant to speak leaves no trace on the page. */
const isSilent = (r: MessageRow) => r.status === "skipped" && (r.reason === "scenario" || r.reason === "off");

export const isBusy = (s: ConversationState) => s.turnState !== "idle" || s.live !== null;

/** Whose voice the participant is waiting for. */
export type Waiting = "none" | "partner" | "coach" | "aside";
export function waitingFor(s: ConversationState): Waiting {
  if (s.live) return s.live.aside ? "aside" : s.live.role === "partner" ? "partner" : "coach";
  if (s.turnState === "idle") return "none";
  return s.turnState === "accepted" ? "partner" : s.turnState;
}

/** What happens at the moment, in the one vocabulary that the turn line, the strip and the margin share. */
export type Activity = "yours" | "failed" | "replying" | "reading" | "writing" | "asked" | "answering";
export function activity(s: ConversationState): Activity {
  const waiting = waitingFor(s);
  if (waiting === "partner") return "replying";
  if (waiting === "coach") return s.live ? "writing" : "reading";
  if (waiting === "aside") return s.live ? "answering" : "asked";
  const last = s.rows.findLast(inScene);
  return last?.role === "partner" && last.status === "failed" && s.outgoing.length === 0 ? "failed" : "yours";
}

const broken = new Set<MessageRow["status"]>(["stopped", "failed", "interrupted"]);
const againAfter = new Set(["quota", "stopped", "failed", "draining"]);

/** The row that `retry` would run again: the last turn's newest broken leg, else its skipped comment. */
export function retryTarget(s: ConversationState): number | undefined {
  if (isBusy(s) || s.ended !== null || s.outgoing.length > 0) return undefined;
  const legs = s.rows.filter((r) => r.turn === s.turn && r.turn > 0 && r.role !== "user");
  const leg =
    legs.findLast((r) => broken.has(r.status)) ??
    legs.findLast((r) => r.status === "skipped" && againAfter.has(r.reason ?? ""));
  return leg?.id;
}

/** Changes when the participant sends something, and not when the host has taken it: what to scroll to the top. */
export function lastSent(s: ConversationState, aside: boolean): string | undefined {
  const outgoing = s.outgoing.findLast((o) => o.aside === aside);
  if (outgoing) return outgoing.clientId;
  const row = s.rows.findLast((r) => r.role === "user" && r.aside === aside);
  return row?.clientId ?? row?.id.toString();
}

const isNote = (r: MessageRow) => r.role === "coach" && inMargin(r) && r.content !== "";

/** The newest words of the coach. */
export const newestNote = (s: ConversationState) => s.rows.findLast(isNote);

/** The place of the coach's comment on the last turn, where it is missing. */
export function missingNote(s: ConversationState): MessageRow | undefined {
  const newest = s.rows.findLast((r) => isComment(r) && !isSilent(r));
  return newest?.content === "" && newest.turn === s.turn ? newest : undefined;
}

/** How many of the coach's texts came after a message. */
export const notesAfter = (s: ConversationState, id: number) => s.rows.filter((r) => r.id > id && isNote(r)).length;

/** Why nothing more can be said: it ended, or the host would not take another message, however short. */
export const closedBy = (s: ConversationState): string | undefined =>
  s.ended ??
  s.outgoing.find(
    ({ refusal: r }) =>
      r?.code.startsWith("invitation") || (!s.turnsLeft && r?.code === "quota_exhausted" && !r.retryable),
  )?.refusal?.code;

type Left = Pick<ConversationState, "turnsLeft" | "turnLimit">;

/** How many turns are left, for a header: nothing while there are plenty. A quota in tokens is an estimate. */
export function turnsText({ turnsLeft, turnLimit }: Left): string {
  if (turnsLeft === undefined || turnsLeft > 20) return "";
  if (turnsLeft === 0) return "Less than a turn left";
  if (turnsLeft === 1) return "1 turn left";
  if (turnLimit === "conversation" || turnsLeft <= 5) return `${turnsLeft} turns left`;
  return `About ${turnsLeft > 10 ? turnsLeft - (turnsLeft % 5) : turnsLeft} turns left`;
}

/** Warns at five and at one, and names what ends. The words stay the same in between: an estimate may skip numbers. */
export function turnsWarning({ turnsLeft, turnLimit }: Left, invited: boolean): string {
  if (turnsLeft === undefined || turnsLeft > 5) return "";
  if (turnsLeft === 0) return "Your turns are almost used up. A short message may still go through.";
  const where = turnLimit === "conversation" ? " in this conversation" : invited ? " on this invitation" : "";
  return turnsLeft === 1 ? `This is your last turn${where}.` : `Only a few turns are left${where}.`;
}
