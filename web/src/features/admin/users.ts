// Names of users and roles, and what each role may do.
import type { Schemas } from "../../api/client";

export type User = Schemas["User"];
export type Role = User["role"];

export const roles = ["GUEST", "USER", "STAFF", "ADMIN"] as const satisfies readonly Role[];

/** The roles that can be assigned. Guests are created by claiming an invitation. */
export const assignableRoles = ["USER", "STAFF", "ADMIN"] as const satisfies readonly Role[];

export const roleNames: Record<Role, string> = {
  GUEST: "Guest",
  USER: "User",
  STAFF: "Researcher",
  ADMIN: "Administrator",
};

export const roleWithArticle = (role: Role): string =>
  `${role === "ADMIN" ? "an" : "a"} ${roleNames[role].toLowerCase()}`;

export const rolePermissions: Record<Role, string> = {
  GUEST: "can talk using the invitation they accepted.",
  USER: "can talk using their invitations or the allowance for people without one. They see only their own conversations.",
  STAFF: "can invite participants, and read and watch the conversations of an invitation.",
  ADMIN: "can do everything a researcher can. They also manage people, roles and quotas, and read the audit log.",
};

/** Returns the end of an id, which identifies users without a name. */
export const shortId = (id: string) => id.slice(-6);

/** Returns the same name as the audit log, regardless of the user's current role. */
export const displayNameOf = (user: User): string => user.displayName ?? `Account ${shortId(user.id)}`;
