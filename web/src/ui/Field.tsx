// Labeled form fields whose hint and error are associated for assistive technology.
import { type ComponentProps, type ReactNode, useId } from "react";
import { sentence } from "./sentence";

type Shared = {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
};

type Checked = {
  /** The maximum number of characters. Longer text stays and is marked as an error, not silently cut by the browser. */
  maxChars?: number | undefined;
  /** The error for an empty field. */
  missing?: string | undefined;
  /** The error for a value of the wrong kind. */
  wanted?: string | undefined;
};

export const inputLook =
  "w-full min-h-11 rounded-lg border border-control bg-raised px-3 py-2 text-base aria-invalid:border-danger aria-invalid:border-2";

/** Browsers add a little padding to a select, WebKit also above and below. */
export const selectLook = `${inputLook} h-11 pl-2`;

export function TextField({
  label,
  hint,
  error,
  maxChars,
  missing,
  wanted,
  ...rest
}: Shared & Checked & ComponentProps<"input">) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <input
        id={id}
        dir="auto"
        className={inputLook}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-more`}
        data-max-chars={maxChars}
        data-missing={missing}
        data-wanted={wanted}
        {...rest}
      />
    </FieldFrame>
  );
}

export function SelectField({ label, hint, error, children, ...rest }: Shared & ComponentProps<"select">) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        className={selectLook}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-more`}
        {...rest}
      >
        {children}
      </select>
    </FieldFrame>
  );
}

export function TextAreaField({
  label,
  hint,
  error,
  maxChars,
  ...rest
}: Shared & Checked & ComponentProps<"textarea">) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <textarea
        id={id}
        dir="auto"
        className={inputLook}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-more`}
        data-max-chars={maxChars}
        {...rest}
      />
    </FieldFrame>
  );
}

export function RadioField({ label, ...rest }: { label: ReactNode } & ComponentProps<"input">) {
  return (
    <label className="flex min-h-11 items-start gap-3 py-2.5">
      <input type="radio" className="mt-0.5 size-5 shrink-0 accent-brand" {...rest} />
      <span className="min-w-0">{label}</span>
    </label>
  );
}

export function CheckField({ label, ...rest }: { label: ReactNode } & ComponentProps<"input">) {
  return (
    <label className="flex min-h-11 items-start gap-3 py-2.5">
      <input type="checkbox" className="mt-0.5 size-5 shrink-0 accent-brand" {...rest} />
      <span className="min-w-0">{label}</span>
    </label>
  );
}

function FieldFrame({ id, label, hint, error, children }: Shared & { id: string; children: ReactNode }) {
  return (
    <div className="mb-4">
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      {children}
      <p id={`${id}-more`} className={`mt-1 text-sm ${error ? "text-danger" : "text-muted"}`}>
        {error ? sentence(error) : hint}
      </p>
    </div>
  );
}
