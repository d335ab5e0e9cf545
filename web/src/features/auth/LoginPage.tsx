// `/login`: signs in with the one-time token in the URL, or explains how to sign in.
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, useSearchParams } from "react-router";
import { can } from "../../api/permissions";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { Button, buttonLook } from "../../ui/Button";
import { FullPage } from "../../ui/FullPage";
import { KeepConversations } from "./AddSignIn";
import { safeNext } from "./safe-next";
import { signInLabel } from "./sign-in-label";
import { useAdminLink } from "./use-admin-link";

/** Marks the way back from the sign-in provider, if no page was asked for: where it leads depends on the role. */
const ARRIVED = "arrived";

export default function LoginPage() {
  const [query] = useSearchParams();
  const next = safeNext(query.get("next"));
  const link = useAdminLink(next);
  const me = useQuery({ ...queries.me(), enabled: link.state === "none" });
  const ways = useQuery({ ...queries.signInOptions(), enabled: link.state === "none" }).data;
  if (link.state === "busy") return <FullPage title="Signing you in">One moment.</FullPage>;
  if (link.state === "refused") return <LinkRefused />;
  if (link.state === "offline") return <LinkNotTried onRetry={link.retry} />;
  if (me.data && query.has(ARRIVED)) return <Navigate to={can.invite(me.data) ? paths.desk() : paths.home()} replace />;
  if (me.data)
    return (
      <FullPage title="You're signed in">
        {me.data.name && <p dir="auto">{`You're using this page as ${me.data.name}.`}</p>}
        <Link to={next} className={buttonLook("primary", "self-start")}>
          Continue
        </Link>
        {me.data.guest && ways?.oidc && <KeepConversations issuer={ways.issuer} next={next} />}
      </FullPage>
    );
  return (
    <FullPage title="Sign in">
      {ways?.oidc && (
        <a
          href={paths.oidc(next === paths.home() ? `${paths.login()}?${ARRIVED}` : next)}
          className={buttonLook("primary", "self-start")}
        >
          {signInLabel(ways.issuer)}
        </a>
      )}
      {ways && !ways.oidc && (
        <>
          <p>
            No sign-in provider is set up, so only the built-in administrator can sign in, with a one-time link. The
            server prints one when it starts. To get a new one, run this command on the server and open the link here:
          </p>
          <Command />
        </>
      )}
      <p className="text-muted">
        <span>Have an invitation? Open its link or scan its code; you don't need an account. </span>
        <Link to={paths.home()} className="underline">
          Enter a link
        </Link>
      </p>
    </FullPage>
  );
}

const Command = () => (
  <pre className="rounded-xl border border-line bg-surface p-4 text-sm whitespace-pre-wrap">coach-http admin-link</pre>
);

const LinkRefused = () => (
  <FullPage title="This link no longer works">
    <p role="alert">
      A sign-in link works once, for 15 minutes. To get a new one, run this command on the server and open the link
      here:
    </p>
    <Command />
  </FullPage>
);

const LinkNotTried = ({ onRetry }: { onRetry: () => void }) => (
  <FullPage title="The server can't be reached">
    <p role="alert">Your sign-in link hasn't been used yet.</p>
    <Button look="primary" className="self-start" onClick={onRetry}>
      Try again
    </Button>
  </FullPage>
);
