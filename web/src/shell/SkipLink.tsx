// The first tab stop: skips the header.
export function SkipLink({ to = "main" }: { to?: string }) {
  return (
    <a
      href={`#${to}`}
      className="sr-only rounded-full bg-brand px-5 py-3 text-brand-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
    >
      Skip to content
    </a>
  );
}
