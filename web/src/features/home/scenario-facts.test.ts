// The line on a scenario's card about length and difficulty.
import { expect, it } from "vitest";
import { facts } from "./scenario-facts";

it("shows only what is known", () => {
  expect([
    facts({ minutes: 10, maxTurns: 12, difficulty: "medium" }),
    facts({ maxTurns: 12 }),
    facts({ minutes: 10, difficulty: "easy" }),
    facts({}),
  ]).toEqual(["About 10 minutes, up to 12 turns · Medium", "Up to 12 turns", "About 10 minutes · Easy", ""]);
});
