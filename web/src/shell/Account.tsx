// Who is signed in, and the way out.
import { Link } from "react-router";
import type { Schemas } from "../api/client";
import { paths } from "../paths";
import { Button, buttonLook } from "../ui/Button";
import { ThemeChoice } from "../ui/ThemeButton";
import { roles, signOut } from "./who";

export function Account({ me }: { me: Schemas["Me"] }) {
  return (
    <div
      popover="auto"
      id="account"
      className="fixed inset-auto top-14 right-2 w-64 rounded-2xl border border-line bg-raised p-4 text-ink shadow-raise"
    >
      <p className="font-semibold">{me.name ?? (me.guest ? "Guest" : "You")}</p>
      {me.email && <p className="truncate text-sm text-muted">{me.email}</p>}
      <p className="mb-3 text-sm text-muted">{roles[me.role]}</p>
      {me.guest && me.oidc && (
        <Link to={paths.login()} className={buttonLook("plain", "mb-2 w-full")}>
          Keep my conversations
        </Link>
      )}
      <ThemeChoice className="mb-2 w-full sm:hidden" />
      <Button className="w-full" onClick={signOut}>
        Sign out
      </Button>
      {me.guest && (
        <p className="mt-2 text-sm text-muted">You can come back on this device by opening your invitation again.</p>
      )}
    </div>
  );
}
