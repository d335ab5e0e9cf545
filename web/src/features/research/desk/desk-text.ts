// Texts of the desk.
import type { Speaking } from "../../../api/staff/types";

export function speakingText(speaking: Speaking, partner: string): string {
  const words: Record<Speaking, string> = {
    accepted: `${partner} is replying`,
    partner: `${partner} is replying`,
    coach: "The coach is writing",
    aside: "The coach is answering privately",
    idle: "The participant's turn",
  };
  return words[speaking];
}

/** Returns for how long something has gone on. */
export function sinceText(iso: string, now: number): string {
  const minutes = Math.floor((now - new Date(iso).getTime()) / 60_000);
  if (minutes < 1) return "for less than a minute";
  if (minutes < 60) return `for ${minutes} min`;
  return minutes < 1440
    ? `for ${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `for ${Math.floor(minutes / 1440)} d`;
}
