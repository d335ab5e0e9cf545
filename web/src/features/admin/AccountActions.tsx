// Disables or enables an account, and ends all of its sessions. Administrators can't lock themselves out.
import { Ban, LogOut, Undo2 } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/staff/ConfirmDialog";
import { useChangeUser } from "./RoleSelect";
import { displayNameOf, type User } from "./users";

type Props = { user: User; me: Schemas["Me"] };

export function AccountActions({ user, me }: Props) {
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
  const name = displayNameOf(user);
  const to = !user.disabled;
  return (
    <>
      <Button look="tool" className={to ? "text-danger" : ""} onClick={() => setAsking(true)}>
        {to ? <Ban aria-hidden className="size-4" /> : <Undo2 aria-hidden className="size-4" />}
        {to ? "Disable" : "Enable"}
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`${to ? "Disable" : "Enable"} ${name}?`}
        confirmLabel={to ? "Disable account" : "Enable account"}
        look={to ? "danger" : "act"}
        mutation={change}
        onConfirm={() => change.mutate({ params: { path: { id: user.id } }, body: { disabled: to } })}
      >
        {to ? (
          <p>
            {`${name} is signed out everywhere within seconds and can't sign in until you enable the account. No data is deleted.`}
          </p>
        ) : (
          <p>{`${name} can sign in again.`}</p>
        )}
      </ConfirmDialog>
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
  const name = displayNameOf(user);
  return (
    <>
      <Button look="tool" onClick={() => setAsking(true)}>
        <LogOut aria-hidden className="size-4" /> End all sessions
      </Button>
      {ended && <p className="w-full text-sm text-ok">All sessions ended.</p>}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`End all sessions of ${name}?`}
        confirmLabel="End all sessions"
        mutation={end}
        onConfirm={() => end.mutate({ params: { path: { id: user.id } } })}
      >
        <p>
          {`${name} is signed out on every device within seconds. ${
            user.role === "GUEST"
              ? "They can continue by opening their invitation again on the same device."
              : "They can sign in again."
          }`}
        </p>
      </ConfirmDialog>
    </>
  );
}
