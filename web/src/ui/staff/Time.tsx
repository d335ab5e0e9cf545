// A short date and time. The exact time is in the tooltip and the `dateTime` attribute.
import { exactly, when } from "../times";

export function Time({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={exactly(iso)}>
      {when(iso)}
    </time>
  );
}
