// Signs in with the token in the address's fragment. The fragment leaves the history before anything else happens.
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { client } from "../../api/client";
import { queryClient } from "../../api/queries";

export type AdminLink = "none" | "busy" | "refused" | "offline";

/** One request per token, however often React mounts the page. */
const asked = new Map<string, Promise<AdminLink>>();

export function useAdminLink(next: string): AdminLink {
  const navigate = useNavigate();
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token"));
  const [state, setState] = useState<AdminLink>(token ? "busy" : "none");
  useEffect(() => {
    if (!token) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    const answer = asked.get(token) ?? signIn(token);
    asked.set(token, answer);
    void answer.then(async (outcome) => {
      if (outcome === "none") await navigate(next, { replace: true });
      else setState(outcome);
    });
  }, [token, next, navigate]);
  return state;
}

async function signIn(token: string): Promise<AdminLink> {
  try {
    const { response } = await client.POST("/api/auth/admin-link", { body: { token } });
    // A link that was opened before is no reason to ask somebody who is signed in to sign in.
    const inAlready = response.status === 401 && (await client.GET("/api/me")).response.ok;
    if (!response.ok && !inAlready) return response.status < 500 ? "refused" : "offline";
    // Asked anew, and not only forgotten: the frame around the page stays, and would go on showing a stranger's menu.
    await queryClient.resetQueries();
    return "none";
  } catch {
    return "offline";
  }
}
