// Explains a number of tokens to researchers as conversations and turns, as the host estimates them.
import type { Schemas } from "../../api/client";

export function inConversations(estimate: Schemas["Estimate"] | undefined): string | undefined {
  if (!estimate) return undefined;
  const { conversations, turnsPerConversation, turns } = estimate;
  if (conversations === 1) return `about one conversation of ${count(turnsPerConversation)}`;
  if (conversations > 1) return `about ${number.format(conversations)} conversations of ${count(turnsPerConversation)}`;
  return turns > 0 ? `about ${count(turns)}, less than one conversation` : "not enough for one turn";
}

const number = new Intl.NumberFormat();
const count = (turns: number) => `${number.format(turns)} ${turns === 1 ? "turn" : "turns"}`;
