// The welcome page for visitors: what this service is, an example, and the two ways to enter.
import { Check } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { paths } from "../../paths";
import { Button, buttonLook } from "../../ui/Button";
import { ExampleConversation } from "../../ui/ExampleConversation";
import { TextField } from "../../ui/Field";
import { PageHeading } from "../../ui/PageHeading";

export function Welcome() {
  return (
    <main
      id="main"
      className="mx-auto grid w-full max-w-5xl grid-cols-1 gap-8 px-5 py-8 md:grid-cols-[minmax(0,1fr)_minmax(0,25rem)] md:gap-14 md:py-16"
    >
      <div>
        <Erased />
        <PageHeading title="Practice a hard conversation" className="text-[2rem] leading-[1.1] font-bold">
          Practice a hard conversation <span className="marker">before you have it</span>
        </PageHeading>
        <p className="mt-4 max-w-[34rem] text-base">
          You talk with an AI that plays the other person: a manager, a relative, a patient. A coach reads along and,
          after every turn, writes you a short note that the other person never sees.
        </p>
        <div className="mt-6 md:hidden">
          <ExampleConversation />
        </div>
        <section aria-labelledby="invited" className="mt-8 max-w-[30rem]">
          <h2 id="invited" className="mb-1 text-xl font-semibold">
            Do you have an invitation?
          </h2>
          <p className="mb-4 text-muted">Open its link or scan its code. You don't need an account.</p>
          <OpenInvitation />
        </section>
        <section aria-labelledby="account-holders" className="mt-8">
          <h2 id="account-holders" className="mb-3 text-xl font-semibold">
            Do you have an account?
          </h2>
          <Link to={paths.login()} className={buttonLook("plain")}>
            Sign in
          </Link>
        </section>
      </div>
      <div className="hidden md:block">
        <ExampleConversation />
      </div>
    </main>
  );
}

/** Confirms that the user's data was deleted. */
function Erased() {
  const state: unknown = useLocation().state;
  if (typeof state !== "object" || state === null || !("erased" in state)) return null;
  return (
    <p role="status" className="mb-6 flex items-start gap-2.5 rounded-xl border border-ok/50 bg-surface p-4">
      <Check aria-hidden className="mt-0.5 size-5 shrink-0 text-ok" />
      <span className="min-w-0">All your data has been deleted and you are signed out.</span>
    </p>
  );
}

function OpenInvitation() {
  const navigate = useNavigate();
  const [error, setError] = useState<string>();
  const open = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("link") ?? "").trim();
    const token = /(?:\/invite\/|^)([\w-]{8,})\/?$/.exec(typed)?.[1];
    if (token) navigate(paths.invite(token));
    else
      setError("This doesn't look like an invitation link. Invitation links contain /invite/ followed by a long code.");
  };
  return (
    <form onSubmit={open} noValidate>
      <TextField name="link" label="Invitation link" error={error} autoComplete="off" inputMode="url" />
      <Button type="submit" look="primary">
        Open invitation
      </Button>
    </form>
  );
}
