// Starts a conversation from a scenario and opens it.
import { useNavigate } from "react-router";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { paths } from "../../paths";

export function useStart(scenario: Schemas["Scenario"], invitationId: string | undefined) {
  const navigate = useNavigate();
  const start = $api.useMutation("post", "/api/conversations", {
    onSuccess: (c) => {
      void queryClient.invalidateQueries(queries.conversations());
      navigate(paths.conversation(c.id));
    },
  });
  return {
    isPending: start.isPending,
    error: start.error,
    begin(vars: Record<string, string>) {
      if (start.isPending) return;
      start.mutate({ body: { scenario: scenario.slug, vars, ...(invitationId ? { invitationId } : {}) } });
    },
  };
}

export type Starting = ReturnType<typeof useStart>;
