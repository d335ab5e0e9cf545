// The current user's name and role on screen, and signing out.
import { client, type Schemas } from "../api/client";
import { clearDrafts } from "../ui/storage";

type Me = Schemas["Me"];

export const roleLabels: Record<Me["role"], string> = {
  GUEST: "Study participant",
  USER: "User",
  STAFF: "Researcher",
  ADMIN: "Administrator",
};

export const nameOf = (me: Me): string =>
  me.name ?? me.email ?? (me.guest ? "a guest" : "the server's built-in account");

export async function signOut(): Promise<void> {
  await client.POST("/api/auth/logout");
  clearDrafts();
  location.assign("/");
}
