// About how much a number of tokens is, asked of the host a moment after the last change.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { inConversations } from "./estimate";
import { given } from "./url-state";
import { useSettled } from "./use-settled";

type Settings = { scenario?: string | undefined; coach?: boolean };

export function useEstimate(count: number, { scenario, coach }: Settings = {}): string | undefined {
  const tokenQuota = useSettled(count, 300);
  const body = given<Schemas["PreviewInvitation"]>({ scenario, coach, tokenQuota });
  const enabled = Number.isSafeInteger(tokenQuota) && tokenQuota > 0;
  const { data } = useQuery({ ...queries.preview(body), enabled, placeholderData: keepPreviousData });
  return enabled && count > 0 ? inConversations(data?.estimate) : undefined;
}
