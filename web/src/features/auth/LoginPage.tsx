// `/login`: takes the one-time token out of the address, or explains how to get in.
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { queries } from "../../api/queries";
import { paths, safeNext } from "../../paths";
import { buttonLook } from "../../ui/Button";
import { FullPage } from "../../ui/FullPage";
import { KeepConversations } from "./AddSignIn";
import { signInWith } from "./sign-in-with";
import { useAdminLink } from "./use-admin-link";

export default function LoginPage() {
  const [query] = useSearchParams();
  const next = safeNext(query.get("next"));
  const link = useAdminLink(next);
  const me = useQuery({ ...queries.me(), enabled: link === "none" });
  const ways = useQuery({ ...queries.waysIn(), enabled: link === "none" }).data;
  if (link === "busy") return <FullPage title="Signing you in">One moment.</FullPage>;
  if (link === "refused" || link === "offline") return <LinkFailed offline={link === "offline"} />;
  if (me.data)
    return (
      <FullPage title="You are signed in">
        <p>{me.data.name ? `As ${me.data.name}.` : "Everything is ready."}</p>
        <Link to={next} className={buttonLook("primary", "self-start")}>
          Go on
        </Link>
        {me.data.guest && ways?.oidc && <KeepConversations issuer={ways.issuer} next={next} />}
      </FullPage>
    );
  return (
    <FullPage title="Sign in">
      {ways?.oidc && (
        <a href={paths.oidc(next)} className={buttonLook("primary", "self-start")}>
          {signInWith(ways.issuer)}
        </a>
      )}
      {ways && !ways.oidc && <ConsoleLink />}
      <p className="text-muted">
        Have an invitation? Open its link or scan its code; you need no account.{" "}
        <Link to={paths.home()} className="underline">
          Enter a link
        </Link>
      </p>
    </FullPage>
  );
}

function ConsoleLink() {
  return (
    <>
      <p>
        Researchers and administrators sign in here with a one-time link. The server prints it when it starts; it works
        once, for 15 minutes. This command prints a new one:
      </p>
      <pre className="rounded-xl border border-line bg-surface p-4 text-sm whitespace-pre-wrap">
        coach-http admin-link
      </pre>
    </>
  );
}

function LinkFailed({ offline }: { offline: boolean }) {
  return (
    <FullPage title={offline ? "The server cannot be reached" : "This link no longer works"}>
      <p role="alert">
        {offline
          ? "Your sign-in link was not used up. Open it again when the server is back."
          : "A sign-in link works once and for 15 minutes. Ask for a new one on the server:"}
      </p>
      {!offline && <ConsoleLink />}
      <Link to={paths.home()} className={buttonLook("plain", "self-start")}>
        To the start page
      </Link>
    </FullPage>
  );
}
