// Gray placeholders for loading content, shown only after a short delay.
export function Skeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div role="status" className="late space-y-3">
      <span className="sr-only">Loading</span>
      {Array.from({ length: rows }, (_, i) => i).map((row) => (
        <div key={row} aria-hidden className="h-20 rounded-2xl border border-line bg-surface" />
      ))}
    </div>
  );
}
