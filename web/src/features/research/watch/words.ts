// The texts about a watched conversation, from the researcher's point of view.
import type { MessageRow } from "../../../live/conversation-state";
import type { Activity } from "../../../live/conversation-view";

type Named = Pick<MessageRow, "turn" | "role" | "aside">;

/** Names who said something: "Dana", "Participant" or "Coach". */
export function speakerOf({ role, aside }: Named, partner: string): string {
  if (role === "partner") return partner;
  if (role === "coach") return aside ? "Coach, privately" : "Coach";
  return aside ? "Participant, to the coach" : "Participant";
}

/** Names a message within its conversation, such as "turn 4, Dana". */
export const messageWords = (row: Named, partner: string): string =>
  `${row.turn === 0 ? "opening" : `turn ${row.turn}`}, ${speakerOf(row, partner)}`;

export function activityText(activity: Activity, partner: string): string {
  const words: Record<Activity, string> = {
    yours: "The participant's turn",
    failed: `${partner}'s answer failed`,
    replying: `${partner} is replying`,
    reading: "The coach is reading",
    writing: "The coach is writing",
    asked: "The coach is reading a private question",
    answering: "The coach is answering privately",
  };
  return words[activity];
}

const cuts: Record<string, string> = {
  length: "Cut short at its maximum length.",
  filter: "Cut short by the AI service's content filter.",
  refusal: "Cut short: the AI service declined to continue.",
};

/** Returns the line below an incomplete message; empty for a complete one. */
export function incompleteText({ status, cut, content }: MessageRow): string {
  if (cut) return cuts[cut] ?? "";
  if (status === "stopped") return content ? "Stopped here." : "Stopped before the first word.";
  if (status === "failed") return content ? "The answer failed here." : "No answer: the AI service failed.";
  if (status === "interrupted") return "The answer broke off here.";
  return "";
}

const skips: Record<string, string> = {
  quota: "the quota didn't allow one",
  stopped: "the turn was stopped",
  failed: "there was no reply to comment on",
  draining: "the server was restarting",
};

/** Returns why a turn has no note from the coach. */
export const noCommentText = ({ reason }: MessageRow): string =>
  `No coach note: ${skips[reason ?? ""] ?? "the coach couldn't answer"}.`;
