import { expect, it } from "vitest";
import { safeNext } from "./safe-next";

it("never leads to another site after signing in", () => {
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
