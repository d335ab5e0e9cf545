import { expect, it } from "vitest";
import { safeNext } from "./safe-next";

it("never redirects to another site after sign-in", () => {
  const next = [
    null,
    "/conversation/c1?x=1",
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:1",
    "//[",
  ];
  expect(next.map(safeNext)).toEqual(["/", "/conversation/c1?x=1", "/", "/", "/", "/", "/"]);
});
