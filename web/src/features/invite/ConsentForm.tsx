// The consent check box and the button. The button is never disabled: without consent, it says what is missing.
import { type FormEvent, useRef, useState } from "react";
import { $api, problemOf, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { CheckField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { useAfterClaim } from "./use-after-claim";

type Props = { token: string; landing: Schemas["Landing"] };

export function ConsentForm({ token, landing }: Props) {
  const enter = useAfterClaim(landing);
  const tick = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState(false);
  const claim = $api.useMutation("post", "/api/invite/{token}/claim", {
    onSuccess: ({ resumed }) => {
      queryClient.clear();
      return enter(resumed);
    },
    // Claimed or revoked in the meantime, or a changed consent text: show the invitation's current state.
    onError: (error) => {
      if ([404, 409, 410].includes(problemOf(error).status)) void queryClient.invalidateQueries(queries.landing(token));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const agreed = tick.current?.checked ?? false;
    setMissing(!agreed);
    if (!agreed) tick.current?.focus();
    else if (!claim.isPending)
      claim.mutate({ params: { path: { token } }, body: { consentVersion: landing.consent.version } });
  };
  const problem = claim.error && problemOf(claim.error);
  return (
    <form onSubmit={submit} noValidate>
      <CheckField
        ref={tick}
        label="I am 18 or older, I have read this, and I agree to take part."
        aria-invalid={missing || undefined}
        aria-describedby="missing"
        onChange={() => setMissing(false)}
      />
      <p id="missing" role="alert" className="mb-2 text-danger">
        {missing && "If you agree, check the box above first."}
      </p>
      {problem?.code === "consent_changed" ? (
        <p role="alert" className="mb-2 text-danger">
          The text above has changed since you opened it. Please read it again.
        </p>
      ) : (
        problem && <ProblemNotice problem={problem} />
      )}
      <Button type="submit" look="primary" className="w-full wrap-anywhere" aria-disabled={claim.isPending}>
        {claim.isPending ? "One moment" : begin(landing)}
      </Button>
    </form>
  );
}

const begin = ({ scenario }: Schemas["Landing"]) =>
  scenario ? `Start talking with ${scenario.partnerName}` : "Choose a conversation";
