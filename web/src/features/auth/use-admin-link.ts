// Signs in with the token in the address's fragment, also when a link is pasted into an open tab. The fragment leaves
// the history before anything else happens.
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { client } from "../../api/client";
import { queryClient } from "../../api/queries";

type Outcome = "signed-in" | "refused" | "offline";
export type AdminLink = "none" | "busy" | "refused" | "offline";

/** One request per token, however often React mounts the page. */
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
      // Offline is no answer: the same link may be tried again.
      if (outcome === "offline") asked.delete(token);
      if (newest.current !== token) return;
      if (outcome === "signed-in") void navigate(next, { replace: true });
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
    // A used link is no reason to ask people to sign in who are signed in already.
    const inAlready = response.status === 401 && (await client.GET("/api/me")).response.ok;
    if (!response.ok && !inAlready) return response.status < 500 ? "refused" : "offline";
    // Asked again, and not only forgotten: the frame around the page stays, and would keep showing the menu of a visitor.
    await queryClient.resetQueries();
    return "signed-in";
  } catch {
    return "offline";
  }
}
