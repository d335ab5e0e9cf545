// Finds the invitation that pays for a new conversation: valid, allowing the scenario, and preferably with turns left.
import type { Schemas } from "../../api/client";

export function usableInvitation(me: Schemas["Me"], scenario?: string) {
  const allowed = me.invitations.filter(
    (i) => i.state === "claimed" && (!scenario || !i.scenario || i.scenario === scenario),
  );
  return allowed.find((i) => i.turnsLeft !== 0) ?? allowed[0];
}
