// For a guest: a sign-in of their own, with which their conversations open anywhere.
import { $api, problemOf } from "../../api/client";
import { Button } from "../../ui/Button";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { signInWith } from "./sign-in-with";

export function AddSignIn({ issuer, next }: { issuer: string | undefined; next: string }) {
  const link = $api.useMutation("post", "/api/auth/link", { onSuccess: ({ url }) => location.assign(url) });
  return (
    <section aria-labelledby="add-sign-in" className="mt-4 flex flex-col gap-3 border-t border-line pt-5">
      <h2 id="add-sign-in" className="text-xl font-semibold">
        Keep your conversations
      </h2>
      <p>
        You are here as a guest, on this device only. Sign in once, and your conversations are yours on every device. If
        you have an account here already, we ask before anything moves.
      </p>
      <Button
        className="self-start"
        aria-disabled={link.isPending}
        onClick={() => link.isPending || link.mutate({ params: { query: { next } } })}
      >
        {signInWith(issuer)}
      </Button>
      {link.error && <ProblemNotice problem={problemOf(link.error)} />}
    </section>
  );
}
