// The transcript that a participant saves.
import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { asText } from "./transcript-file";

it("contains every message, but no attempt that was replaced", () => {
  const createdAt = "2026-11-23T12:00:00Z";
  const conversation = { title: "A raise", partnerName: "Dana Whitfield", createdAt } as Schemas["Conversation"];
  const message = (id: number, role: Schemas["Message"]["role"], content: string, more = {}) =>
    ({ id, role, content, turn: 1, status: "complete", createdAt, ...more }) as Schemas["Message"];
  const text = asText(conversation, [
    message(1, "user", "Do you have a moment?"),
    message(2, "partner", "Er", { status: "stopped" }),
    message(3, "partner", "Yes.", { replaces: 2 }),
    message(4, "coach", "", { status: "skipped", reason: "quota" }),
    message(5, "user", "Too soft?", { aside: true }),
    message(6, "coach", "No.", { aside: true }),
  ]);
  expect(text.split("\n\n").slice(1)).toEqual([
    "You:\nDo you have a moment?",
    "Dana Whitfield:\nYes.",
    "You, to the coach:\nToo soft?",
    "The coach, to you:\nNo.\n",
  ]);
});
