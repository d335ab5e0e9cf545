// The button that adds a sign-in to the current user: a guest's first, or another one of an account.
import { $api, problemOf } from "../../api/client";
import { Button } from "../../ui/Button";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { signInLabel } from "./sign-in-label";

type Props = { issuer: string | undefined; next: string };

/** Offers a guest a sign-in of their own, so that their conversations open on any device. */
export function KeepConversations(props: Props) {
  return (
    <section aria-labelledby="add-sign-in" className="mt-4 flex flex-col gap-3 border-t border-line pt-5">
      <h2 id="add-sign-in" className="text-xl font-semibold">
        Keep your conversations
      </h2>
      <p>
        As a guest, you can only open your conversations on this device. Sign in to open them on any device. If you
        already have an account here, we ask before anything is moved.
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
