// The question to a guest whose sign-in has an account already. Nothing has moved until they answer.
import { $api, problemOf, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { ProblemNotice } from "../../ui/ProblemNotice";

export function ChooseAccount({ pending }: { pending: Schemas["PendingLink"] }) {
  const choose = $api.useMutation("post", "/api/auth/link/choose", {
    // Another person has the cookie then: nothing that was read before is theirs.
    onSuccess: (_, { body }) =>
      body.choice === "move" ? queryClient.resetQueries() : queryClient.invalidateQueries(queries.me()),
  });
  const answer = (choice: "move" | "keep") => choose.isPending || choose.mutate({ body: { choice } });
  const who = pending.email ?? pending.name ?? pending.provider;
  return (
    <section aria-labelledby="choose-account" className="my-6 rounded-2xl border border-brand bg-surface p-5">
      <h2 id="choose-account" className="mb-2 text-xl font-semibold wrap-anywhere">
        {who} has an account here already
      </h2>
      <p className="mb-4">
        Your conversations as a guest can move to that account, and you go on there. Or they stay as they are, on this
        device only.
      </p>
      <div className="flex flex-wrap gap-3">
        <Button look="primary" aria-disabled={choose.isPending} onClick={() => answer("move")}>
          Move to my account
        </Button>
        <Button aria-disabled={choose.isPending} onClick={() => answer("keep")}>
          Stay a guest
        </Button>
      </div>
      {choose.error && <ProblemNotice problem={problemOf(choose.error)} />}
    </section>
  );
}
