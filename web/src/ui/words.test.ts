// Small words that stand everywhere.
import { expect, it } from "vitest";
import { sentence } from "./sentence";
import { aboutTurns, tokens } from "./staff/tokens";

it("makes a sentence of the host's fragment, and leaves one that is there", () => {
  expect(sentence("nobody changes their own role")).toBe("Nobody changes their own role.");
  expect(sentence("Please try again.")).toBe("Please try again.");
  expect(sentence("is that so?")).toBe("Is that so?");
  expect(sentence("")).toBe("");
});

it("says tokens as turns", () => {
  expect([0, 2_999, 3_000, 6_000, 120_000].map((count) => aboutTurns(count, 6_000))).toEqual([
    "less than one turn",
    "less than one turn",
    "about 1 turn",
    "about 1 turn",
    "about 20 turns",
  ]);
  expect([tokens(1), tokens(60_000)]).toEqual(["1 token", `${(60_000).toLocaleString()} tokens`]);
});
