// What people are called here, and what each role may do.
import type { Schemas } from "../../api/client";

export type User = Schemas["User"];
export type Role = User["role"];

export const roles = ["GUEST", "USER", "STAFF", "ADMIN"] as const satisfies readonly Role[];

/** The roles that somebody can be given. Guests are made by claiming an invitation, not here. */
export const given = ["USER", "STAFF", "ADMIN"] as const satisfies readonly Role[];

export const roleNames: Record<Role, string> = {
  GUEST: "Guest",
  USER: "User",
  STAFF: "Researcher",
  ADMIN: "Administrator",
};

export const aRole = (role: Role): string => `${role === "ADMIN" ? "an" : "a"} ${roleNames[role].toLowerCase()}`;

export const roleMay: Record<Role, string> = {
  GUEST: "may talk within the invitation they opened.",
  USER: "may talk, within their invitations or the allowance, and sees nobody else's conversations.",
  STAFF: "may invite participants, and read and watch the conversations under an invitation.",
  ADMIN: "may do everything a researcher may, and manages people, roles and quotas, and reads the audit log.",
};

/** Whoever has no name, as guests have none, is told from others by the end of their id. */
export const nameless = (id: string) => id.slice(-6);

export const callThem = (user: User): string =>
  user.name ?? user.email ?? `${roleNames[user.role]} ${nameless(user.id)}`;
