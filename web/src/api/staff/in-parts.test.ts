// Acts on more invitations than one request may name.
import { expect, it } from "vitest";
import { inParts } from "./in-parts";

it("asks in parts and joins the answers", async () => {
  const asked: number[] = [];
  const ids = Array.from({ length: 450 }, (_, i) => `${i}`);
  const answer = await inParts(ids, async (part) => {
    asked.push(part.length);
    return { items: [], refused: part.slice(0, 1).map((id) => ({ id, code: "conflict", detail: "no" })) };
  });
  expect(asked).toEqual([200, 200, 50]);
  expect(answer.refused.map((r) => r.id)).toEqual(["0", "200", "400"]);
});

const failing = (at: number) => {
  let asked = 0;
  return async (part: string[]) => {
    if (asked++ === at) throw new TypeError("no answer");
    return { items: [], refused: part.slice(0, 1).map((id) => ({ id, code: "conflict", detail: "no" })) };
  };
};
const ids = Array.from({ length: 450 }, (_, i) => `${i}`);
const lost = (part: string[]) => part.map((id) => ({ id, code: "offline", detail: "unknown" }));

it("keeps the outcome of the other parts if one fails", async () => {
  const { refused } = await inParts(ids, failing(1), lost);
  expect(refused.filter((r) => r.detail === "no").map((r) => r.id)).toEqual(["0", "400"]);
  expect(refused.filter((r) => r.detail === "unknown")).toHaveLength(200);
});

it("fails if the first part fails, or if there is nothing to tell", async () => {
  await expect(inParts(ids, failing(0), lost)).rejects.toThrow("no answer");
  await expect(inParts(ids, failing(1))).rejects.toThrow("no answer");
});
