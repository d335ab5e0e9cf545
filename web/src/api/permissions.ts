// What a person may do, asked by name. The host decides; this only keeps dead ends off the page.
import type { Schemas } from "./client";

type Me = Schemas["Me"];
const isStaff = (me: Me) => me.role === "STAFF" || me.role === "ADMIN";

export const can = {
  invite: isStaff,
  administer: (me: Me) => me.role === "ADMIN",
};
