// A form says what is wrong in its own words, and cuts nothing.
import { expect, it } from "vitest";
import { fieldErrors } from "./form-validation";

function errorsOf(html: string): Record<string, string> {
  const form = document.createElement("form");
  form.innerHTML = html;
  return Object.fromEntries(fieldErrors(form).map(({ field, error }) => [field.name, error]));
}

it("asks for what is missing, white space included", () => {
  expect(
    errorsOf(`<input name="a" required value="  "><input name="b" required data-missing="Name it." value="">
      <textarea name="c" required>word</textarea><input required value="">`),
  ).toEqual({ a: "Please fill this in.", b: "Name it." });
});

it("says numbers and patterns in words", () => {
  expect(
    errorsOf(`<input name="years" pattern="[0-9]+" value="ab" data-wanted="Years: a number, please.">
      <input name="copies" type="number" min="1" max="200" value="201"><input name="none" type="number" min="1" value="0">
      <input name="half" type="number" min="1" step="1" value="1.5"><input name="day" type="date" min="2026-01-02" value="2026-01-01">`),
  ).toEqual({
    years: "Years: a number, please.",
    copies: "At most 200.",
    none: "At least 1.",
    half: "Please enter a number.",
    day: "Choose a later day.",
  });
});

it("counts characters as people do, and says how many are too many", () => {
  expect(
    errorsOf(`<input name="a" data-max-chars="2" value="😀😀"><input name="b" data-max-chars="2" value="😀😀😀">`),
  ).toEqual({ b: "Too long: 3 characters. At most 2." });
});
