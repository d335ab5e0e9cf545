// Validates the fields of a form and explains errors in plain language.

type FormField = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const fieldsOf = (form: HTMLFormElement): FormField[] =>
  [...form.elements].filter(
    (e): e is FormField => e.matches("input, textarea, select") && (e as FormField).name !== "",
  );

/** Returns every invalid field with its error, in the form's order. */
export function fieldErrors(form: HTMLFormElement): { field: FormField; error: string }[] {
  return fieldsOf(form).flatMap((field) => {
    const error = errorOf(field);
    return error ? [{ field, error }] : [];
  });
}

/** Returns the first field that is marked as invalid. */
export const firstRefused = (form: HTMLFormElement) =>
  form.querySelector<HTMLElement>("[aria-invalid=true]") ?? undefined;

const number = new Intl.NumberFormat();

function errorOf(field: FormField): string | undefined {
  const { validity, value } = field;
  const wanted = field.dataset.wanted ?? "Enter a whole number.";
  // White space alone counts as empty, as on the host.
  if (field.required && value.trim() === "" && !validity.badInput)
    return field.dataset.missing ?? "Please fill this in.";
  const most = Number(field.dataset.maxChars ?? Number.POSITIVE_INFINITY);
  const length = [...value].length;
  if (length > most) return `Too long: ${number.format(length)} characters. The maximum is ${number.format(most)}.`;
  if (validity.badInput || validity.stepMismatch || validity.patternMismatch) return wanted;
  if (!(field instanceof HTMLInputElement)) return undefined;
  if (validity.rangeUnderflow)
    return field.type === "date" ? "Choose a later date." : `Enter at least ${figure(field.min)}.`;
  if (validity.rangeOverflow)
    return field.type === "date" ? "Choose an earlier date." : `Enter at most ${figure(field.max)}.`;
  return undefined;
}

const figure = (text: string) => number.format(Number(text));
