// Token estimates for researchers.
import { expect, it } from "vitest";
import { inConversations } from "./estimate";

it("estimates conversations, or turns if there isn't enough for a conversation", () => {
  expect([
    inConversations({ conversations: 3, turnsPerConversation: 12, turns: 40 }),
    inConversations({ conversations: 1, turnsPerConversation: 12, turns: 13 }),
    inConversations({ conversations: 0, turnsPerConversation: 12, turns: 5 }),
    inConversations({ conversations: 0, turnsPerConversation: 12, turns: 1 }),
    inConversations({ conversations: 0, turnsPerConversation: 12, turns: 0 }),
    inConversations(undefined),
  ]).toEqual([
    "about 3 conversations of 12 turns",
    "about one conversation of 12 turns",
    "about 5 turns, less than one conversation",
    "about 1 turn, less than one conversation",
    "not enough for one turn",
    undefined,
  ]);
});
