// The request that the form makes, and the part of it that participants see.
import { expect, it } from "vitest";
import { bodyOf, shownOf } from "./new-invitation";

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

it("sends only the fields that were filled in", () => {
  expect(
    bodyOf(form({ label: " P-07 ", quota: "preset-1", copies: "3", coach: "on", title: "", consent: " " })),
  ).toEqual({
    ...{ label: "P-07", presetId: "preset-1", copies: 3, coach: true, aside: false, allowCustomScenario: false },
  });
  const other = form({ label: "P", quota: "other", tokens: "60000", copies: "1", scenario: "raise", own: "on" });
  expect(bodyOf(other)).toEqual({
    ...{ label: "P", tokenQuota: 60_000, copies: 1, coach: false, aside: false, allowCustomScenario: true },
    scenario: "raise",
  });
});

it("leaves the label and an incomplete number out of the preview", () => {
  const body = bodyOf(form({ label: "Control arm", quota: "other", tokens: "", title: "Talks", copies: "30" }));
  expect(shownOf(body)).toEqual({ title: "Talks", coach: false, aside: false, allowCustomScenario: false });
  expect(shownOf({ ...body, tokenQuota: 6_000 })).toHaveProperty("tokenQuota", 6_000);
});
