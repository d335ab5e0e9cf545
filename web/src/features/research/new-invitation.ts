// Translates the form for new invitations into requests to the host.
import type { Schemas } from "../../api/client";
import { withoutEmpty } from "../../ui/staff/url-state";
import { endOfDay } from "./last-day";
import { quotaIn } from "./QuotaChoice";

export function bodyOf(form: FormData): Schemas["NewInvitation"] {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const more: Partial<Schemas["NewInvitation"]> = withoutEmpty({
    title: text("title"),
    scenario: text("scenario"),
    contact: text("contact"),
    consent: text("consent"),
    expiresAt: endOfDay(text("expires")),
  });
  return {
    label: text("label"),
    ...quotaIn(form),
    copies: Number(text("copies")) || 1,
    coach: form.has("coach"),
    aside: form.has("aside"),
    allowCustomScenario: form.has("own"),
    ...more,
  };
}

/** Returns the part of the request that participants see, and the number of tokens to estimate. */
export function shownOf({ tokenQuota, ...body }: Schemas["NewInvitation"]): Schemas["PreviewInvitation"] {
  const { label: _, copies: __, presetId: ___, ...shown } = body;
  // While a number is being typed it may not be valid yet, so there is nothing to estimate.
  return tokenQuota && Number.isSafeInteger(tokenQuota) ? { ...shown, tokenQuota } : shown;
}
