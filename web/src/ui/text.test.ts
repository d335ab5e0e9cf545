// Text helpers that are used on all pages.
import { expect, it } from "vitest";
import { sentence } from "./sentence";
import { tokens } from "./staff/tokens";
import { turnCount, turnsLeft } from "./turns";

it("turns the host's fragment into a sentence, and keeps a complete one", () => {
  expect(sentence("the role is unknown")).toBe("The role is unknown.");
  expect(sentence("Please try again.")).toBe("Please try again.");
  expect(sentence("is that so?")).toBe("Is that so?");
  expect(sentence("")).toBe("");
});

it("formats numbers of tokens and turns", () => {
  expect([tokens(1), tokens(60_000)]).toEqual(["1 token", `${(60_000).toLocaleString()} tokens`]);
  expect([0, 1, 12].map(turnCount)).toEqual(["No turns yet", "1 turn", "12 turns"]);
});

it("shows the number of turns left only up to 20", () => {
  expect([undefined, 147, 21, 20, 6, 5, 1, 0].map(turnsLeft)).toEqual([
    undefined,
    undefined,
    undefined,
    "About 20 turns left",
    "About 6 turns left",
    "5 turns left",
    "1 turn left",
    "No turns left",
  ]);
});
