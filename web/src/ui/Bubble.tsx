// Message bubbles of participant and partner, the coach's card, and avatars. Independent of conversation data.
import type { ComponentProps } from "react";

const partner = "rounded-bl-sm border border-line bg-raised max-w-[88%] md:max-w-[36rem]";
const you = "rounded-br-sm bg-you text-you-ink max-w-[85%] md:max-w-[34rem]";

export function Bubble({ by, className = "", ...rest }: { by: "you" | "partner" } & ComponentProps<"article">) {
  const look = `min-w-0 rounded-bubble px-3.5 py-2 ${by === "you" ? you : partner} ${className}`;
  return <article className={look} {...rest} />;
}

export function CoachCard({ className = "", ...rest }: ComponentProps<"article">) {
  const look = "coach-stroke rounded-lg bg-coach-card py-2.5 pr-3.5 pl-4 text-coach-ink shadow-raise";
  return <article className={`${look} ${className}`} {...rest} />;
}

export function Avatar({ name, className = "size-10 text-sm" }: { name: string; className?: string }) {
  const words = name.split(/\s+/).filter((w) => /^\p{L}/u.test(w));
  const initials = [words[0], words.length > 1 ? words.at(-1) : ""].map((w) => w?.[0] ?? "").join("");
  const look = `grid shrink-0 place-items-center rounded-full bg-you font-semibold text-you-ink ${className}`;
  return (
    <span aria-hidden className={look}>
      {initials.toUpperCase()}
    </span>
  );
}
