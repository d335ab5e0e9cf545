// What a turn takes, as the host reckons it: of the scenario that was chosen, or of any that may be.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { aboutTurns, tokens } from "../../ui/staff/tokens";

/** The host's numbers; one that is older does not tell them. */
type Costed = Pick<Schemas["Scenario"], "slug"> & { tokensPerTurn?: number; tokensForOneTurn?: number };

/** A turn takes about `aTurn`; with less than `least` not even one can begin. */
export type TurnCost = { aTurn: number; least: number };

/** Where the host tells nothing. */
const UNTOLD: TurnCost = { aTurn: 6_000, least: 1 };

/** Of one scenario; without one, of the dearest for what a turn takes and of the cheapest for what is too little. */
export function turnCost(scenarios: readonly Costed[], slug?: string): TurnCost {
  const chosen = scenarios.filter((s) => s.slug === slug);
  const possible = chosen.length > 0 ? chosen : scenarios;
  const turns = possible.flatMap((s) => s.tokensPerTurn ?? []);
  const least = possible.flatMap((s) => s.tokensForOneTurn ?? []);
  return {
    aTurn: turns.length > 0 ? Math.max(...turns) : UNTOLD.aTurn,
    least: least.length > 0 ? Math.min(...least) : UNTOLD.least,
  };
}

export function useTurnCost(slug?: string): TurnCost {
  return turnCost(useQuery(queries.scenarios()).data?.items ?? [], slug);
}

/** Why a number of tokens is too small, if it is. */
export const tooSmall = (count: number, { least }: TurnCost): string | undefined =>
  count > 0 && count < least ? `too small for one turn: at least ${tokens(least)}` : undefined;

export const inTurns = (count: number, cost: TurnCost): string =>
  count < cost.least ? "too small for one turn" : aboutTurns(count, cost.aTurn);

export const aTurnTakes = ({ aTurn }: TurnCost): string => `A turn takes about ${tokens(aTurn)}.`;
