// The host's limit: 8,000 Unicode scalar values.
import { expect, it } from "vitest";
import { MOST, tooLongWords } from "./message-length";

it("counts characters as the host does, not UTF-16 code units", () => {
  expect(tooLongWords("😀".repeat(MOST))).toBe("");
  expect(tooLongWords("a".repeat(MOST))).toBe("");
  expect(tooLongWords("😀".repeat(MOST + 1))).toMatch(/^Your message is 1 character too long/);
  expect(tooLongWords("a".repeat(9_000))).toMatch(/^Your message is 1[,.\u202f ]?000 characters too long/);
});
