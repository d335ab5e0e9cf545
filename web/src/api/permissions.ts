// What a user's role allows. The host enforces it; the page uses this only to hide links that would fail.
import type { Schemas } from "./client";

type Me = Schemas["Me"];
const isStaff = (me: Me) => me.role === "STAFF" || me.role === "ADMIN";

export const can = {
  invite: isStaff,
  administer: (me: Me) => me.role === "ADMIN",
};
