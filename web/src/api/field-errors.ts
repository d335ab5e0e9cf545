// Which of a form's fields the host refused, and why.
import { problemOf } from "./client";

export function serverFieldErrors(error: unknown) {
  const problem = error ? problemOf(error) : undefined;
  const fields = problem?.fields ?? [];
  return {
    of: (name: string) => fields.find((f) => f.field === name)?.message,
    /** The problem itself, where no field is to blame. */
    general: fields.length === 0 ? problem : undefined,
  };
}
