// What an account is called, and how one leaves it.
import { client, type Schemas } from "../api/client";

type Me = Schemas["Me"];

export const roles: Record<Me["role"], string> = {
  GUEST: "Guest of a study",
  USER: "Signed in",
  STAFF: "Researcher",
  ADMIN: "Administrator",
};

export const nameOf = (me: Me): string => me.name ?? me.email ?? (me.guest ? "a guest" : "yourself");

export async function signOut(): Promise<void> {
  await client.POST("/api/auth/logout");
  sessionStorage.clear();
  location.assign("/");
}
