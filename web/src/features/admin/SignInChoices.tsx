// Whether a person may sign in, and a button that ends all their sessions. Administrators can't lock themselves out.
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
        You can't disable your own account. To end all of your sessions, use “Sign out” in the account menu.
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
        yes={to ? "Disable account" : "Enable account"}
        no="Cancel"
        look={to ? "danger" : "act"}
        asked={change}
        onYes={() => change.mutate({ params: { path: { id: user.id } }, body: { disabled: to } })}
      >
        {to ? (
          <p>
            {`${name} is signed out everywhere within seconds and can't sign in until you enable the account. No data is deleted.`}
          </p>
        ) : (
          <p>{`${name} can sign in again.`}</p>
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
        yes="End all sessions"
        no="Cancel"
        asked={end}
        onYes={() => end.mutate({ params: { path: { id: user.id } } })}
      >
        <p>
          {`${name} is signed out on every device within seconds. ${
            user.role === "GUEST"
              ? "They can continue by opening their invitation again on the same device."
              : "They can sign in again."
          }`}
        </p>
      </Question>
    </>
  );
}
