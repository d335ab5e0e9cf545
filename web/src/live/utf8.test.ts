// Bytes, not UTF-16 code units.
import { expect, it } from "vitest";
import { byteLength, dropBytes } from "./utf8";

it("counts like TextEncoder", () => {
  for (const text of ["", "abc", "naïve", "日本語", "😀👩‍👩‍👧", "a\u0000b"])
    expect(byteLength(text)).toBe(new TextEncoder().encode(text).length);
});

it("drops whole characters only", () => {
  expect([dropBytes("naïve", 4), dropBytes("naïve", 3), dropBytes("😀!", 4)]).toEqual(["ve", null, "!"]);
});
