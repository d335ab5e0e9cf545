// The coach's little Markdown, whole and half-typed.
import { expect, it } from "vitest";
import { parseBlocks, parseSpans, plainText, unwrapped } from "./prose-parse";

const kinds = (text: string, live = false) => parseSpans(text, live).map((s) => `${s.kind}:${s.text}`);

it("reads paragraphs and lists, also without an empty line between them", () => {
  expect(parseBlocks("Try this:\n- one\n- two\n\n1. first\n2) second")).toEqual([
    { kind: "p", lines: ["Try this:"] },
    { kind: "ul", lines: ["one", "two"] },
    { kind: "ol", lines: ["first", "second"] },
  ]);
});

it("reads strong, emphasis and code, and leaves the rest alone", () => {
  expect(kinds("**a** *b* _c_ `d`")).toEqual(["strong:a", "text: ", "em:b", "text: ", "em:c", "text: ", "code:d"]);
  expect(kinds("2 * 3 * 4, snake_case_name, <b>x</b>, [a](http://b)")).toHaveLength(1);
});

it("holds back half-typed markup while text still grows", () => {
  expect(kinds("Now **name the", true)).toEqual(["text:Now ", "strong:name the"]);
  expect(parseBlocks("Then:\n- ", true)).toEqual([{ kind: "p", lines: ["Then:"] }]);
  expect(parseBlocks("So **", true)).toEqual([{ kind: "p", lines: ["So "] }]);
});

it("gives the words without their markup", () => {
  expect(plainText("**Good.**\n\n- one\n- *two*")).toBe("Good. one two");
});

it("joins lines that only an editor broke", () => {
  const file = "## Before\nYou are\n**invited**.\n\n- one thing\n  that goes on\n- another\n1. first\n\nEnd\n";
  expect(unwrapped(file)).toBe(
    "## Before\nYou are **invited**.\n\n- one thing that goes on\n- another\n1. first\n\nEnd\n",
  );
});
