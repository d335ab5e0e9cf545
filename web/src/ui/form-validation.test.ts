// Form validation uses our texts, and never cuts input.
import { expect, it } from "vitest";
import { fieldErrors } from "./form-validation";

function errorsOf(html: string): Record<string, string> {
  const form = document.createElement("form");
  form.innerHTML = html;
  return Object.fromEntries(fieldErrors(form).map(({ field, error }) => [field.name, error]));
}

it("requires a value, and ignores white space", () => {
  expect(
    errorsOf(`<input name="a" required value="  "><input name="b" required data-missing="Name it." value="">
      <textarea name="c" required>word</textarea><input required value="">`),
  ).toEqual({ a: "Please fill this in.", b: "Name it." });
});

it("explains invalid numbers, dates and patterns", () => {
  expect(
    errorsOf(`<input name="years" pattern="[0-9]+" value="ab" data-wanted="“Years” must be a number.">
      <input name="copies" type="number" min="1" max="200" value="201"><input name="none" type="number" min="1" value="0">
      <input name="half" type="number" min="1" step="1" value="1.5"><input name="day" type="date" min="2026-01-02" value="2026-01-01">`),
  ).toEqual({
    years: "“Years” must be a number.",
    copies: "Enter at most 200.",
    none: "Enter at least 1.",
    half: "Enter a whole number.",
    day: "Choose a later date.",
  });
});

it("counts characters, not UTF-16 code units, and shows both numbers", () => {
  expect(
    errorsOf(`<input name="a" data-max-chars="2" value="😀😀"><input name="b" data-max-chars="2" value="😀😀😀">`),
  ).toEqual({ b: "Too long: 3 characters. The maximum is 2." });
});
