// Buttons, and links that look like buttons. Participants get pills of at least 44 px, staff plainer ones of 40 px.
import type { ComponentProps } from "react";

type Look = "primary" | "plain" | "quiet" | "danger" | "tool" | "act";

const base =
  "inline-flex max-w-full items-center justify-center gap-2 font-medium text-center wrap-anywhere disabled:opacity-60";
const looks: Record<Look, string> = {
  primary: "min-h-12 rounded-full bg-brand px-6 py-2.5 text-brand-ink",
  plain: "min-h-11 rounded-full border border-line bg-raised px-5 py-2",
  quiet: "min-h-11 rounded-full px-4 py-2 text-brand underline-offset-4 hover:underline",
  danger: "min-h-11 rounded-full border border-danger px-5 py-2 text-danger",
  act: "min-h-10 rounded-lg bg-brand px-4 py-2 text-brand-ink",
  tool: "min-h-10 rounded-lg border border-line bg-raised px-3 py-2 text-sm",
};

export const buttonLook = (look: Look, extra = "") => `${base} ${looks[look]} ${extra}`;

type Props = ComponentProps<"button"> & { look?: Look };

export function Button({ look = "plain", className = "", type = "button", ...rest }: Props) {
  return <button type={type} className={buttonLook(look, className)} {...rest} />;
}

type IconProps = ComponentProps<"button"> & { label: string };

export function IconButton({ label, className = "", children, ...rest }: IconProps) {
  const look = `grid size-[44px] shrink-0 place-items-center rounded-full text-muted hover:text-ink ${className}`;
  return (
    <button type="button" aria-label={label} title={label} className={look} {...rest}>
      {children}
    </button>
  );
}
