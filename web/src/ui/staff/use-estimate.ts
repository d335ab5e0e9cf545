// Asks the host for the estimate of a number of tokens, a moment after the last change.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { inConversations } from "./estimate";
import { withoutEmpty } from "./url-state";
import { useDebounced } from "./use-debounced";

type Settings = { scenario?: string | undefined; coach?: boolean };

export function useEstimate(count: number, { scenario, coach }: Settings = {}): string | undefined {
  const tokenQuota = useDebounced(count, 300);
  const body = withoutEmpty<Schemas["PreviewInvitation"]>({ scenario, coach, tokenQuota });
  const enabled = Number.isSafeInteger(tokenQuota) && tokenQuota > 0;
  const { data } = useQuery({ ...queries.preview(body), enabled, placeholderData: keepPreviousData });
  return enabled && count > 0 ? inConversations(data?.estimate) : undefined;
}
