// Asks a guest whose sign-in already has an account whether to move there. Nothing is moved until they answer.
import { $api, problemOf, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { ProblemNotice } from "../../ui/ProblemNotice";

export function ChooseAccount({ pending }: { pending: Schemas["PendingLink"] }) {
  const choose = $api.useMutation("post", "/api/auth/link/choose", {
    // After a move the cookie belongs to another user, so all cached data is stale.
    onSuccess: (_, { body }) =>
      body.choice === "move" ? queryClient.resetQueries() : queryClient.invalidateQueries(queries.me()),
  });
  const answer = (choice: "move" | "keep") => choose.isPending || choose.mutate({ body: { choice } });
  const account = pending.email ?? pending.name ?? pending.provider;
  return (
    <section aria-labelledby="choose-account" className="my-6 rounded-2xl border border-brand bg-surface p-5">
      <h2 id="choose-account" className="mb-2 text-xl font-semibold wrap-anywhere">
        {`${account} already has an account here`}
      </h2>
      <p className="mb-4">
        You can move your guest conversations to that account and continue there, or stay a guest on this device only.
      </p>
      <div className="flex flex-wrap gap-3">
        <Button look="primary" aria-disabled={choose.isPending} onClick={() => answer("move")}>
          Move to that account
        </Button>
        <Button aria-disabled={choose.isPending} onClick={() => answer("keep")}>
          Stay a guest
        </Button>
      </div>
      {choose.error && <ProblemNotice problem={problemOf(choose.error)} />}
    </section>
  );
}
