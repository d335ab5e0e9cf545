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
