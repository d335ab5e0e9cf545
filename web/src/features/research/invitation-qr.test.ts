// What participants see of an invitation before they open it, which never includes its label.
import { expect, it } from "vitest";
import { numberOf, titleOf } from "./InvitationQr";

it("shows the public title, and a number if the host added one", () => {
  expect([titleOf({ title: "Talks" }), titleOf({})]).toEqual(["Talks", "Conversation Coach"]);
  const one = (label: string, batchId = "first") => numberOf({ id: "i", batchId, label });
  expect([one("Control arm-07"), one("Wave-200"), one("Control arm-01", "i")]).toEqual(["07", "200", "01"]);
  expect([one("Wave 2"), one("P-2a"), one("Control arm-07", "i")]).toEqual([undefined, undefined, undefined]);
});
