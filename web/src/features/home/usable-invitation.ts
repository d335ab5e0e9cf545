// The invitation that pays for a new conversation: one that is valid and still has turns, and allows the scenario.
import type { Schemas } from "../../api/client";

export function usableInvitation(me: Schemas["Me"], scenario?: string) {
  const allowed = me.invitations.filter(
    (i) => i.state === "claimed" && (!scenario || !i.scenario || i.scenario === scenario),
  );
  return allowed.find((i) => i.turnsLeft !== 0) ?? allowed[0];
}
