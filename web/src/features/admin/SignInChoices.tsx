// Whether somebody may sign in, and the end of all their sessions. One's own account is locked.
import { Ban, LogOut, Undo2 } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { Question } from "../../ui/staff/Question";
import { callThem, type User } from "./people";
import { useChangeUser } from "./RoleChoice";

type Props = { user: User; me: Schemas["Me"] };

export function SignInChoices({ user, me }: Props) {
  if (user.id === me.id)
    return (
      <p className="mt-4 border-t border-line pt-4 text-muted">
        Nobody shuts themselves out, so you cannot disable your own account. “Sign out” in the menu ends all of your
        sessions.
      </p>
    );
  return (
    <div className="mt-4 flex flex-wrap gap-2 border-t border-line pt-4">
      <DisableOrEnable user={user} />
      <EndSessions user={user} />
    </div>
  );
}

function DisableOrEnable({ user }: { user: User }) {
  const [asking, setAsking] = useState(false);
  const change = useChangeUser(user.id, () => setAsking(false));
  const name = callThem(user);
  const to = !user.disabled;
  return (
    <>
      <Button look="tool" className={to ? "text-danger" : ""} onClick={() => setAsking(true)}>
        {to ? <Ban aria-hidden className="size-4" /> : <Undo2 aria-hidden className="size-4" />}
        {to ? "Disable" : "Enable"}
      </Button>
      <Question
        open={asking}
        onClose={() => setAsking(false)}
        title={`${to ? "Disable" : "Enable"} ${name}?`}
        yes={to ? "Disable them" : "Enable them"}
        no="Leave it"
        look={to ? "danger" : "act"}
        asked={change}
        onYes={() => change.mutate({ params: { path: { id: user.id } }, body: { disabled: to } })}
      >
        {to ? (
          <p>
            {name} is signed out everywhere within seconds and cannot come back until you enable them. Nothing of theirs
            is deleted.
          </p>
        ) : (
          <p>{name} may sign in again, as before.</p>
        )}
      </Question>
    </>
  );
}

function EndSessions({ user }: { user: User }) {
  const [asking, setAsking] = useState(false);
  const [ended, setEnded] = useState(false);
  const end = $api.useMutation("post", "/api/users/{id}/logout", {
    onSuccess: async () => {
      await queryClient.invalidateQueries(queries.audit({}));
      setAsking(false);
      setEnded(true);
      announce("All sessions ended.");
    },
  });
  const name = callThem(user);
  return (
    <>
      <Button look="tool" onClick={() => setAsking(true)}>
        <LogOut aria-hidden className="size-4" /> End all sessions
      </Button>
      {ended && <p className="w-full text-sm text-ok">All sessions ended.</p>}
      <Question
        open={asking}
        onClose={() => setAsking(false)}
        title={`End all sessions of ${name}?`}
        yes="End them"
        no="Leave it"
        asked={end}
        onYes={() => end.mutate({ params: { path: { id: user.id } } })}
      >
        <p>
          {name} is signed out on every device within seconds.{" "}
          {user.role === "GUEST"
            ? "The device that opened their invitation can go on by opening it again."
            : "They can sign in again."}
        </p>
      </Question>
    </>
  );
}
