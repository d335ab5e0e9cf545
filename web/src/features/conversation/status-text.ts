// All texts about activity and errors in a conversation, by kind and code. They never mix the host's wording with ours.
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
  model_timeout: "The AI service didn't respond in time.",
  model_overloaded: "The AI service is busy.",
  model_rate_limited: "The AI service is busy.",
  model_refused: "The AI service declined to answer this.",
  model_auth: "The AI service can't be used right now. Contact the people who run this service.",
  context_too_long: "This conversation is too long for the AI service.",
  storage: "The server couldn't save the answer.",
};

/** Returns the explanation below a failed answer. */
export const faultWords = (code: string) => services[code] ?? "The AI service didn't send a usable answer.";

const refusals: Record<string, string> = {
  busy: "Another answer was in progress.",
  draining: "The server is restarting.",
  ended: "This conversation has ended.",
  invitation_expired: "Your invitation has expired.",
  invitation_revoked: "Your invitation was revoked.",
  too_long: "It's too long.",
  empty: "It's empty.",
  storage: "The server couldn't save it.",
};

/** Returns why a message was not sent. */
export function refusalWords({ code, text, retryable }: Refusal): string {
  if (code === "quota_exhausted" && !retryable) return "Not sent. You don't have enough turns left.";
  const known = refusals[code];
  if (known) return `Not sent. ${known}`;
  return /\bnot sent\b/i.test(text) ? sentence(text) : `Not sent. ${sentence(text)}`;
}

/** Returns the notice for an error that concerns the whole conversation. */
export function noticeWords(fault: Fault | null): string {
  if (!fault || fault.lane !== undefined) return "";
  if (fault.code === "no_such_turn") return "That answer is already complete.";
  return refusals[fault.code] ?? sentence(fault.error);
}

export function cutWords(cut: Cut): string {
  const words: Record<Cut, string> = {
    length: "Cut short: the answer reached its maximum length.",
    filter: "Cut short by the AI service's content filter.",
    refusal: "Cut short: the AI service declined to continue.",
  };
  return words[cut] ?? "";
}

const noNote: Record<string, string> = {
  quota: "you didn't have enough turns left",
  stopped: "you stopped the turn",
  failed: "there was no reply to write about",
  draining: "the server was restarting",
};

/** Returns why a coach's note is missing, as the end of a sentence. */
export function noNoteReason({ status, reason }: MessageRow): string {
  if (status === "skipped") return noNote[reason ?? ""] ?? "";
  return status === "stopped" ? "you stopped it" : "the coach couldn't answer";
}

/** Returns the line below an incomplete answer. */
export function brokenWords(status: MessageRow["status"], stopped: string): string {
  if (status === "stopped") return stopped;
  return status === "interrupted" || status === "failed" ? "The answer broke off here." : "";
}
