// Validates a form with our own texts next to each field, and adds the host's errors.
import { type FormEvent, useEffect, useRef, useState } from "react";
import { serverFieldErrors } from "../api/field-errors";
import { fieldErrors, firstRefused } from "./form-validation";

export function useFormErrors(failure: unknown) {
  const form = useRef<HTMLFormElement>(null);
  const [own, setOwn] = useState<Record<string, string>>({});
  const refused = serverFieldErrors(failure);
  useEffect(() => {
    if (failure && form.current) firstRefused(form.current)?.focus();
  }, [failure]);
  return {
    /** For the form element. */
    form: {
      ref: form,
      noValidate: true,
      onInput: (event: FormEvent<HTMLFormElement>) => {
        const name = (event.target as Partial<HTMLInputElement>).name ?? "";
        if (name in own) setOwn(({ [name]: _, ...others }) => others);
      },
    },
    of: (name: string) => own[name] ?? refused.of(name),
    /** The host's error if it concerns no particular field. */
    general: refused.general,
    /** Returns whether the form can be sent. If not, marks the invalid fields and focuses the first one. */
    check(): boolean {
      const found = form.current ? fieldErrors(form.current) : [];
      setOwn(Object.fromEntries(found.map(({ field, error }) => [field.name, error])));
      found[0]?.field.focus();
      return found.length === 0;
    },
  };
}
