// Signs in with the token in the URL's fragment, even if the link is pasted into an open tab. Removes the fragment from
// the history first.
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { client } from "../../api/client";
import { queryClient } from "../../api/queries";
import { landingPage } from "./landing-page";

type Outcome = "signed-in" | "refused" | "offline";
type AdminLink = "none" | "busy" | "refused" | "offline";

/** One request per token, even if React mounts the page more than once. */
const asked = new Map<string, Promise<Outcome>>();

export function useAdminLink(next: string): { state: AdminLink; retry: () => void } {
  const navigate = useNavigate();
  const { hash, pathname, search } = useLocation();
  const newest = useRef<string>(undefined);
  const [state, setState] = useState<AdminLink>(tokenIn(hash) ? "busy" : "none");
  const use = (token: string) => {
    newest.current = token;
    setState("busy");
    const answer = asked.get(token) ?? signIn(token);
    asked.set(token, answer);
    void answer.then((outcome) => {
      // Without a response the link may still be unused, so it can be tried again.
      if (outcome === "offline") asked.delete(token);
      if (newest.current !== token) return;
      if (outcome === "signed-in") void landingPage(next).then((page) => navigate(page, { replace: true }));
      else setState(outcome);
    });
  };
  useEffect(() => {
    const token = tokenIn(hash);
    if (!token) return;
    void navigate(pathname + search, { replace: true });
    use(token);
  });
  return { state, retry: () => newest.current && use(newest.current) };
}

const tokenIn = (hash: string) => new URLSearchParams(hash.slice(1)).get("token");

async function signIn(token: string): Promise<Outcome> {
  try {
    const { response } = await client.POST("/api/auth/admin-link", { body: { token } });
    // Users who are already signed in don't need a new link.
    const inAlready = response.status === 401 && (await client.GET("/api/me")).response.ok;
    if (!response.ok && !inAlready) return response.status < 500 ? "refused" : "offline";
    // Refetch, not just clear: the shell stays mounted and would keep showing the signed-out menu.
    await queryClient.resetQueries();
    return "signed-in";
  } catch {
    return "offline";
  }
}
