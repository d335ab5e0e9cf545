// Questions the page asks of a conversation's state. Pure, like the state itself.
import type { ConversationState, Row } from "./conversation-state";

export const inScene = (r: { role: Row["role"]; aside: boolean }) => r.role !== "coach" && !r.aside;
const inMargin = (r: Row) => !inScene(r) && !isSilent(r);

/** The coach's margin, oldest first. A missing comment that came after all, or is missing again, is shown once. */
export function marginRows(rows: readonly Row[]): readonly Row[] {
  const newest = new Map(rows.filter(isComment).map((r) => [r.turn, r.id]));
  return rows.filter((r) => inMargin(r) && !(r.status === "skipped" && newest.get(r.turn) !== r.id));
}

const isComment = (r: Row) => r.role === "coach" && !r.aside;

/** A coach that was never meant to speak leaves no trace on the page. */
const isSilent = (r: Row) => r.status === "skipped" && (r.reason === "scenario" || r.reason === "off");

export const isBusy = (s: ConversationState) => s.turnState !== "idle" || s.live !== null;

/** Whose voice the participant is waiting for. */
export type Waiting = "nobody" | "partner" | "coach" | "aside";
export function waitingFor(s: ConversationState): Waiting {
  if (s.live) return s.live.aside ? "aside" : s.live.role === "partner" ? "partner" : "coach";
  if (s.turnState === "idle") return "nobody";
  return s.turnState === "accepted" ? "partner" : s.turnState;
}

const broken = new Set<Row["status"]>(["stopped", "failed", "interrupted"]);
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

/** Changes whenever the participant sends something: what to scroll down for. */
export function lastSent(s: ConversationState, aside: boolean): string | undefined {
  const outgoing = s.outgoing.findLast((o) => o.aside === aside);
  return outgoing?.clientId ?? s.rows.findLast((r) => r.role === "user" && r.aside === aside)?.id.toString();
}

const isNote = (r: Row) => r.role === "coach" && inMargin(r) && r.content !== "";

/** The newest words of the coach that are worth showing in one line. */
export const newestNote = (s: ConversationState) => s.rows.findLast(isNote);

/** How many of the coach's texts came after a message. */
export const notesAfter = (s: ConversationState, id: number) => s.rows.filter((r) => r.id > id && isNote(r)).length;

/** The words stay the same between five and two, so that they are told once; the number is an estimate and may jump. */
export function turnsWarning(turnsLeft: number | undefined): string {
  if (turnsLeft === undefined || turnsLeft > 5 || turnsLeft === 0) return "";
  return turnsLeft === 1 ? "One turn is left." : "Only a few turns are left.";
}
