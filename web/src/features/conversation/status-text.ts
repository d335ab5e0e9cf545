// What the page says about what happens and what went wrong, in one place: by kind and code, never the host's own words
// glued to ours.
import type { Fault, MessageRow, Refusal } from "../../live/conversation-state";
import type { Activity } from "../../live/conversation-view";
import type { Cut } from "../../live/frames";
import { sentence } from "../../ui/sentence";

export function activityWords(activity: Activity, name: string): string {
  const words: Record<Activity, string> = {
    yours: "Your turn",
    failed: `${name}'s answer failed`,
    replying: `${name} is replying`,
    reading: "The coach is reading",
    writing: "The coach is writing",
    asked: "The coach is reading your question",
    answering: "The coach is answering",
  };
  return words[activity];
}

const services: Record<string, string> = {
  model_timeout: "The AI service did not respond in time.",
  model_overloaded: "The AI service is busy.",
  model_rate_limited: "The AI service is busy.",
  model_refused: "The AI service declined to answer this.",
  model_auth: "The AI service can't be used at the moment. Please tell the people who run this service.",
  context_too_long: "This conversation has become too long for the AI service.",
  storage: "The server could not save the answer.",
};

/** The small print under an answer that failed. */
export const faultWords = (code: string) => services[code] ?? "The AI service sent no usable answer.";

const refusals: Record<string, string> = {
  busy: "Another answer was on its way.",
  draining: "The server is restarting.",
  ended: "This conversation has ended.",
  invitation_expired: "Your invitation has expired.",
  invitation_revoked: "Your invitation was withdrawn.",
  too_long: "It is too long.",
  empty: "It has no words in it.",
  storage: "The server could not save it.",
};

/** Why a message was not sent. */
export function refusalWords({ code, text, retryable }: Refusal): string {
  if (code === "quota_exhausted" && !retryable) return "Not sent. There are not enough turns left for it.";
  const known = refusals[code];
  if (known) return `Not sent. ${known}`;
  return /\bnot sent\b/i.test(text) ? sentence(text) : `Not sent. ${sentence(text)}`;
}

/** What the host said about the conversation as a whole. */
export function noticeWords(fault: Fault | null): string {
  if (!fault || fault.lane !== undefined) return "";
  if (fault.code === "no_such_turn") return "That answer is already complete.";
  return refusals[fault.code] ?? sentence(fault.error);
}

export function cutWords(cut: Cut): string {
  const words: Record<Cut, string> = {
    length: "Cut short: the answer reached its maximum length.",
    filter: "Cut short by the AI service's content filter.",
    refusal: "Cut short: the AI service declined to go on.",
  };
  return words[cut] ?? "";
}

const noNote: Record<string, string> = {
  quota: "there were not enough turns left for it",
  stopped: "you stopped the turn",
  failed: "there was no reply to comment on",
  draining: "the server was restarting",
};

/** Why a comment of the coach is missing, as the rest of a sentence. */
export function noNoteReason({ status, reason }: MessageRow): string {
  if (status === "skipped") return noNote[reason ?? ""] ?? "";
  return status === "stopped" ? "you stopped it" : "the coach couldn't answer";
}

/** How an answer that is not whole ended, under its text. */
export function brokenWords(status: MessageRow["status"], stopped: string): string {
  if (status === "stopped") return stopped;
  return status === "interrupted" || status === "failed" ? "The answer broke off here." : "";
}
