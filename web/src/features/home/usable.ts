// The invitation that pays for a new conversation.
import type { Schemas } from "../../api/client";

export const usable = (me: Schemas["Me"]) => me.invitations.find((i) => i.turnsLeft !== 0) ?? me.invitations[0];
