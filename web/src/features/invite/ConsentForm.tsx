// The tick and the button. The button is never disabled: pressed too early, it says what is missing.
import { type FormEvent, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { $api, problemOf } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { paths } from "../../paths";
import { Button } from "../../ui/Button";
import { CheckField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";

type Props = { token: string; consentVersion: string };

export function ConsentForm({ token, consentVersion }: Props) {
  const navigate = useNavigate();
  const tick = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState(false);
  const claim = $api.useMutation("post", "/api/invite/{token}/claim", {
    onSuccess: () => {
      queryClient.clear();
      // Replaced, so that the token leaves the history.
      navigate(paths.home(), { replace: true });
    },
    // Claimed meanwhile, revoked, or another text: the page shows the invitation as it is now.
    onError: (error) => {
      if ([404, 409, 410].includes(problemOf(error).status)) void queryClient.invalidateQueries(queries.landing(token));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const agreed = tick.current?.checked ?? false;
    setMissing(!agreed);
    if (!agreed) tick.current?.focus();
    else if (!claim.isPending) claim.mutate({ params: { path: { token } }, body: { consentVersion } });
  };
  const problem = claim.error && problemOf(claim.error);
  return (
    <form onSubmit={submit} noValidate>
      <CheckField
        ref={tick}
        label="I am 18 or older, I have read this and I take part of my own free will."
        aria-invalid={missing || undefined}
        aria-describedby="missing"
        onChange={() => setMissing(false)}
      />
      <p id="missing" role="alert" className="mb-2 text-danger">
        {missing && "Please tick the box above first, if you agree."}
      </p>
      {problem?.code === "consent_changed" ? (
        <p role="alert" className="mb-2 text-danger">
          The text above has changed since you opened it. Please read it once more.
        </p>
      ) : (
        problem && <ProblemNotice problem={problem} />
      )}
      <Button type="submit" look="primary" className="w-full" aria-disabled={claim.isPending}>
        {claim.isPending ? "One moment" : "Choose a conversation"}
      </Button>
    </form>
  );
}
