// @vitest-environment jsdom
// Where the keys of tags are heard.
import { cleanup, fireEvent, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { letSingleKeysWork } from "../../../shell/single-keys";
import { useTagKeys } from "./use-tag-keys";

let heard: string[];

beforeEach(() => {
  heard = [];
  document.body.innerHTML = `<h1>Invitation</h1><form aria-label="Edit note"><label><input type="checkbox"></label></form>`;
  renderHook(() => useTagKeys([{ id: "1", name: "Interest", key: "i" }], (id) => heard.push(id)));
});

afterEach(() => {
  cleanup();
  localStorage.clear();
});

const press = (selector: string, more = {}) =>
  fireEvent.keyDown(document.querySelector(selector) ?? document, { key: "i", code: "KeyI", ...more });

it("hears a tag's key on the page, but not while a note is edited", () => {
  press("h1");
  press("form input");
  press("form input", { altKey: true });
  expect(heard).toEqual(["1"]);
});

it("hears it only with Alt once single keys are switched off", () => {
  letSingleKeysWork(false);
  press("h1");
  expect(heard).toEqual([]);
  press("h1", { altKey: true });
  expect(heard).toEqual(["1"]);
  letSingleKeysWork(true);
  press("h1");
  expect(heard).toEqual(["1", "1"]);
});
