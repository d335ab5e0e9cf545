// Promises of "about N turns": the chosen scenario's numbers, or the most careful ones.
import { expect, it } from "vitest";
import { aTurnTakes, inTurns, tooSmall, turnCost } from "./turn-cost";

const cheap = { slug: "raise", tokensPerTurn: 4_000, tokensForOneTurn: 7_000 };
const dear = { slug: "feedback", tokensPerTurn: 10_000, tokensForOneTurn: 15_000 };

it("takes the numbers of the scenario that was chosen", () => {
  expect(turnCost([cheap, dear], "raise")).toEqual({ aTurn: 4_000, least: 7_000 });
});

it("promises no more turns than the dearest scenario gives, and refuses only what no scenario could begin with", () => {
  expect(turnCost([cheap, dear])).toEqual({ aTurn: 10_000, least: 7_000 });
});

it("says before it is sent that a number is too small, and how much is enough", () => {
  const cost = turnCost([cheap, dear]);
  const least = (7_000).toLocaleString();
  expect(tooSmall(6_999, cost)).toBe(`too small for one turn: at least ${least} tokens`);
  expect([tooSmall(0, cost), tooSmall(7_000, cost)]).toEqual([undefined, undefined]);
  expect([inTurns(6_999, cost), inTurns(20_000, cost)]).toEqual(["too small for one turn", "about 2 turns"]);
});

it("takes a usual turn where the host tells nothing", () => {
  expect(aTurnTakes(turnCost([{ slug: "old" }]))).toBe(`A turn takes about ${(6_000).toLocaleString()} tokens.`);
  expect(inTurns(60_000, turnCost([]))).toBe("about 10 turns");
});
