// Adds a sign-in to the current user: a guest's first one, or another one for an account.
import { $api, problemOf } from "../../api/client";
import { Button } from "../../ui/Button";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { signInLabel } from "./sign-in-label";

type Props = { issuer: string | undefined; next: string };

/** Lets a guest add a sign-in, so that they can open their conversations on any device. */
export function KeepConversations(props: Props) {
  return (
    <section aria-labelledby="add-sign-in" className="mt-4 flex flex-col gap-3 border-t border-line pt-5">
      <h2 id="add-sign-in" className="text-xl font-semibold">
        Keep your conversations
      </h2>
      <p>
        As a guest, you can only open your conversations on this device. Sign in to open them on any device. If you
        already have an account here, we'll ask before we move anything.
      </p>
      <AddSignIn {...props} />
    </section>
  );
}

export function AddSignIn({ issuer, next }: Props) {
  const link = $api.useMutation("post", "/api/auth/link", { onSuccess: ({ url }) => location.assign(url) });
  return (
    <>
      <Button
        className="self-start"
        aria-disabled={link.isPending}
        onClick={() => link.isPending || link.mutate({ params: { query: { next } } })}
      >
        {signInLabel(issuer)}
      </Button>
      {link.error && <ProblemNotice problem={problemOf(link.error)} />}
    </>
  );
}
