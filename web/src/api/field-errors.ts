// Maps the host's validation errors to the fields of a form.
import { problemOf } from "./client";

export function serverFieldErrors(error: unknown) {
  const problem = error ? problemOf(error) : undefined;
  const fields = problem?.fields ?? [];
  return {
    of: (name: string) => fields.find((f) => f.field === name)?.message,
    /** The problem itself, if it concerns no particular field. */
    general: fields.length === 0 ? problem : undefined,
  };
}
