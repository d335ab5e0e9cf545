// When a conversation took place and how it ended, for researchers.
import type { Schemas } from "../../api/client";
import { atClock, exactly, when } from "../../ui/times";

type Conversation = Pick<Schemas["Conversation"], "state" | "endReason" | "createdAt" | "endedAt" | "erasedAt">;

/** Returns the period of a conversation. An end on the same day is shown as a time only. */
export function fromTo({ createdAt, endedAt }: Conversation): string {
  if (!endedAt) return `started ${when(createdAt)}`;
  const sameDay = new Date(createdAt).toDateString() === new Date(endedAt).toDateString();
  return `${when(createdAt)} to ${sameDay ? atClock(endedAt) : when(endedAt)}`;
}

const reasons: Record<string, string> = {
  participant: "Ended by the participant",
  staff: "Ended by a researcher",
  goal_reached: "Ended: goal reached",
  max_turns: "Ended: turn limit reached",
  max_time: "Ended: time limit reached",
  erased: "Text deleted",
};

export const endReasonText = (reason: string | undefined): string => reasons[reason ?? ""] ?? "Ended";

export function ends(c: Conversation): string {
  if (c.erasedAt) return `Text deleted ${exactly(c.erasedAt)}`;
  return c.state === "open" ? "In progress" : endReasonText(c.endReason);
}
