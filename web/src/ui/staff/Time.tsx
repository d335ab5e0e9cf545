// A moment as people say it; the pointer, and assistive technology, get it exactly.
import { exactly, when } from "../times";

export function Time({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={exactly(iso)}>
      {when(iso)}
    </time>
  );
}
