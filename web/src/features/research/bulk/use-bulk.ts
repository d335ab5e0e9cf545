// One act on several invitations, in as many requests as the host's limit needs.
import { useMutation } from "@tanstack/react-query";
import { problemOf, type Schemas } from "../../../api/client";
import { queries, queryClient } from "../../../api/queries";
import { inParts } from "../../../api/staff/in-parts";
import { staffCalls } from "../../../api/staff/queries";
import type { BulkAct, BulkAnswer } from "../../../api/staff/types";
import type { Outcome } from "./BulkResult";

type Invitation = Schemas["Invitation"];

export const countOf = (n: number): string => (n === 1 ? "1 invitation" : `${n} invitations`);

export type ManyProps = {
  open: boolean;
  chosen: readonly Invitation[];
  onClose: () => void;
  onDone: (outcome: Outcome) => void;
};

/** `textOf` says what was done with so many invitations. */
export function useBulk(
  textOf: (count: number) => string,
  chosen: readonly Invitation[],
  onDone: (outcome: Outcome) => void,
) {
  return useMutation({
    mutationFn: (act: BulkAct) =>
      inParts(
        chosen.map((i) => i.id),
        (ids) => staffCalls.changeInvitations({ ...act, ids }),
        failed,
      ),
    onSuccess: (answer) => {
      for (const changed of answer.items) queryClient.setQueryData(queries.invitation(changed.id).queryKey, changed);
      const names = new Map(chosen.map(({ id, label }) => [id, label]));
      onDone({ text: textOf(answer.items.length), answer, names, verb: "changed" });
    },
    onSettled: () => void queryClient.invalidateQueries({ queryKey: queries.invitations().queryKey.slice(0, 2) }),
  });
}

function failed(ids: string[], error: unknown): BulkAnswer["refused"] {
  const { status, code, detail, title } = problemOf(error);
  const unknown = status === 0 || status >= 500;
  const why = unknown ? "The outcome is unknown. Reload the list to see it." : (detail ?? title);
  return ids.map((id) => ({ id, code, detail: why }));
}
