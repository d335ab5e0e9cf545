// One word says how an invitation stands.
import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { matching, statusOf } from "./status";

const invitation = (more: Partial<Schemas["Invitation"]>): Schemas["Invitation"] => ({
  ...{ id: "i1", label: "Pilot", state: "open", tokenQuota: 100, tokensUsed: 0, tokensReserved: 0 },
  ...{ allowCustomScenario: false, coach: true, aside: true, live: false },
  ...{ createdAt: "2026-11-24T12:00:00Z", createdBy: "u1", batchId: "i1", consentVersion: "c1", status: "open" },
  ...more,
});

it("says what matters most", () => {
  expect([
    statusOf(invitation({})),
    statusOf(invitation({ state: "claimed", tokensUsed: 99 })),
    statusOf(invitation({ state: "claimed", tokensUsed: 100 })),
    statusOf(invitation({ state: "claimed", tokensUsed: 100, live: true })),
    statusOf(invitation({ state: "revoked", tokensUsed: 100 })),
    statusOf(invitation({ state: "expired" })),
  ]).toEqual(["open", "claimed", "used_up", "live", "revoked", "expired"]);
});

it("finds by label and status, what is live first", () => {
  const items = [invitation({ id: "1", label: "Pilot A" }), invitation({ id: "2", label: "pilot b", live: true })];
  const ids = (...of: Parameters<typeof matching>) => matching(...of).map((i) => i.id);
  expect(ids(items, "PILOT", undefined)).toEqual(["2", "1"]);
  expect(ids(items, "pilot", "open")).toEqual(["1"]);
  expect(ids(items, "other", undefined)).toEqual([]);
});
