// Tags by key.
import { expect, it } from "vitest";
import { tagOf } from "./tag-key";

const tags = [
  { id: "1", name: "Interest", key: "i" },
  { id: "2", name: "Pause", key: "2" },
];
const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  ...{ key, code: "", altKey: false, ctrlKey: false, metaKey: false, isComposing: false, repeat: false },
  ...more,
});
const found = (key: string, more?: Partial<KeyboardEvent>, writing = false) =>
  tagOf(press(key, more), tags, writing)?.name;

it("finds a tag by its key", () => {
  expect([found("i"), found("I"), found("2"), found("x")]).toEqual(["Interest", "Interest", "Pause", undefined]);
});

it("leaves text alone: in a text field, only Alt with the key counts", () => {
  expect([found("i", {}, true), found("i", { altKey: true }, true)]).toEqual([undefined, "Interest"]);
});

it("knows the key where Alt makes it another character, except in a text field, where that is text", () => {
  for (const [key, code, tag] of [
    ["ˆ", "KeyI", "Interest"],
    ["Dead", "KeyI", "Interest"],
    ["™", "Digit2", "Pause"],
  ] as const) {
    expect(found(key, { altKey: true, code })).toBe(tag);
    expect(found(key, { altKey: true, code }, true)).toBeUndefined();
  }
});

it("ignores shortcuts of the browser, input methods and held keys", () => {
  expect([
    found("i", { ctrlKey: true }),
    found("i", { metaKey: true }),
    found("i", { isComposing: true }),
    found("i", { repeat: true }),
  ]).toEqual([undefined, undefined, undefined, undefined]);
});
