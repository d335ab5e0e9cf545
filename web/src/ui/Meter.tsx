// A thin bar that visualizes the text next to it. Hidden from assistive technology.
export function Meter({ share, className = "w-24" }: { share: number; className?: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <span aria-hidden className={`meter block h-1.5 overflow-hidden rounded-full bg-line ${className}`}>
      <span className="block h-full rounded-full bg-brand" style={{ width: `${percent}%` }} />
    </span>
  );
}
