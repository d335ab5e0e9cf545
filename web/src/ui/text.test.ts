// Small words that stand everywhere.
import { expect, it } from "vitest";
import { sentence } from "./sentence";
import { tokens } from "./staff/tokens";
import { turnCount, turnsLeft } from "./turns";

it("makes a sentence of the host's fragment, and leaves one that is there", () => {
  expect(sentence("nobody changes their own role")).toBe("Nobody changes their own role.");
  expect(sentence("Please try again.")).toBe("Please try again.");
  expect(sentence("is that so?")).toBe("Is that so?");
  expect(sentence("")).toBe("");
});

it("says how many tokens and turns there are", () => {
  expect([tokens(1), tokens(60_000)]).toEqual(["1 token", `${(60_000).toLocaleString()} tokens`]);
  expect([0, 1, 12].map(turnCount)).toEqual(["No turns yet", "1 turn", "12 turns"]);
});

it("says how many turns are left only where the number means something", () => {
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
