// Where a participant goes after the claim: into the invitation's only scenario, or to the choice of scenarios.
import { useNavigate } from "react-router";
import { client, type Schemas } from "../../api/client";
import { paths } from "../../paths";

export function useAfterClaim({ scenario }: Schemas["Landing"]) {
  const navigate = useNavigate();
  // Replaces the URL, so that the token leaves the history.
  const go = (to: string) => navigate(to, { replace: true });
  return async (resumed: boolean) => {
    if (!scenario || resumed) return go(paths.home());
    if (scenario.vars.length > 0) return go(paths.start(scenario.slug));
    const started = await client
      .POST("/api/conversations", { body: { scenario: scenario.slug } })
      .catch(() => undefined);
    return go(started?.data ? paths.conversation(started.data.id) : paths.start(scenario.slug));
  };
}
