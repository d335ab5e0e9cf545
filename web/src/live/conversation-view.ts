// Values that the page derives from a conversation's state. Pure functions, like the reducer.
import type { ConversationState, MessageRow } from "./conversation-state";

export const inScene = (r: { role: MessageRow["role"]; aside: boolean }) => r.role !== "coach" && !r.aside;
const inMargin = (r: MessageRow) => !inScene(r) && !isSilent(r);

/** Returns the rows of the coach's notes, oldest first. Hides a missing comment once a later attempt exists. */
export function marginRows(rows: readonly MessageRow[]): readonly MessageRow[] {
  const newest = new Map(rows.filter(isComment).map((r) => [r.turn, r.id]));
  return rows.filter((r) => inMargin(r) && !(r.status === "skipped" && newest.get(r.turn) !== r.id));
}

const isComment = (r: MessageRow) => r.role === "coach" && !r.aside;

/** Comments that were turned off aren't mentioned on the page. */
const isSilent = (r: MessageRow) => r.status === "skipped" && (r.reason === "scenario" || r.reason === "off");

export const isBusy = (s: ConversationState) => s.turnState !== "idle" || s.live !== null;

/** The voice that the participant is waiting for. */
export type Waiting = "none" | "partner" | "coach" | "aside";
export function waitingFor(s: ConversationState): Waiting {
  if (s.live) return s.live.aside ? "aside" : s.live.role === "partner" ? "partner" : "coach";
  if (s.turnState === "idle") return "none";
  return s.turnState === "accepted" ? "partner" : s.turnState;
}

/** The current activity, as shown by the turn status, the strip and the margin. */
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
const retryableSkips = new Set(["quota", "stopped", "failed", "draining"]);

/** Returns the row that `retry` would run again: the last turn's newest failed leg, otherwise its skipped comment. */
export function retryTarget(s: ConversationState): number | undefined {
  if (isBusy(s) || s.ended !== null || s.outgoing.length > 0) return undefined;
  const legs = s.rows.filter((r) => r.turn === s.turn && r.turn > 0 && r.role !== "user");
  const leg =
    legs.findLast((r) => broken.has(r.status)) ??
    legs.findLast((r) => r.status === "skipped" && retryableSkips.has(r.reason ?? ""));
  return leg?.id;
}

/** Returns the key of the last sent message, to scroll to. It stays the same when the host accepts the message. */
export function lastSent(s: ConversationState, aside: boolean): string | undefined {
  const outgoing = s.outgoing.findLast((o) => o.aside === aside);
  if (outgoing) return outgoing.clientId;
  const row = s.rows.findLast((r) => r.role === "user" && r.aside === aside);
  return row?.clientId ?? row?.id.toString();
}

const isNote = (r: MessageRow) => r.role === "coach" && inMargin(r) && r.content !== "";

/** Returns the coach's newest note or answer. */
export const newestNote = (s: ConversationState) => s.rows.findLast(isNote);

/** Returns the row of the coach's comment on the last turn if the comment is missing. */
export function missingNote(s: ConversationState): MessageRow | undefined {
  const newest = s.rows.findLast((r) => isComment(r) && !isSilent(r));
  return newest?.content === "" && newest.turn === s.turn ? newest : undefined;
}

/** Returns the number of the coach's notes and answers after a message. */
export const notesAfter = (s: ConversationState, id: number) => s.rows.filter((r) => r.id > id && isNote(r)).length;

/** Returns why the conversation is closed: it ended, or the host accepts no further message, however short. */
export const closedBy = (s: ConversationState): string | undefined =>
  s.ended ??
  s.outgoing.find(
    ({ refusal: r }) =>
      r?.code.startsWith("invitation") || (!s.turnsLeft && r?.code === "quota_exhausted" && !r.retryable),
  )?.refusal?.code;

type Left = Pick<ConversationState, "turnsLeft" | "turnLimit">;

/** Returns the number of turns left for the header; empty while there are plenty. A token quota is only an estimate. */
export function turnsText({ turnsLeft, turnLimit }: Left): string {
  if (turnsLeft === undefined || turnsLeft > 20) return "";
  if (turnsLeft === 0) return "Less than a turn left";
  if (turnsLeft === 1) return "1 turn left";
  if (turnLimit === "conversation" || turnsLeft <= 5) return `${turnsLeft} turns left`;
  return `About ${turnsLeft > 10 ? turnsLeft - (turnsLeft % 5) : turnsLeft} turns left`;
}

/** Returns a warning at five turns and at one. It stays the same in between, because an estimate may skip numbers. */
export function turnsWarning({ turnsLeft, turnLimit }: Left, invited: boolean): string {
  if (turnsLeft === undefined || turnsLeft > 5) return "";
  if (turnsLeft === 0) return "Your turns are almost used up. A short message may still go through.";
  const where = turnLimit === "conversation" ? " in this conversation" : invited ? " on this invitation" : "";
  return turnsLeft === 1 ? `This is your last turn${where}.` : `Only a few turns are left${where}.`;
}
