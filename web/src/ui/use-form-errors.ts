// Checks a form as the browser would, but says what is wrong in plain words at the field, and adds what the host refused.
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
    /** The host's refusal where no field is to blame. */
    general: refused.general,
    /** Whether the form can be sent. If not, marks what is wrong and focuses the first such field. */
    check(): boolean {
      const found = form.current ? fieldErrors(form.current) : [];
      setOwn(Object.fromEntries(found.map(({ field, error }) => [field.name, error])));
      found[0]?.field.focus();
      return found.length === 0;
    },
  };
}
