// Reads new messages to screen readers, as soon as they are complete and only if the researcher asked for it.
import { useEffect, useState } from "react";
import { useWatched } from "../../../live/use-observed";
import { plainText } from "../../../ui/markdown/plain";
import { useWatchedConversation } from "./watched";
import { speakerOf } from "./words";

export function ReadOut({ on }: { on: boolean }) {
  const { partner } = useWatchedConversation();
  const newest = useWatched((s) => s.rows.findLast((row) => row.content !== ""));
  const [from, setFrom] = useState<number>();
  const id = newest?.id ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what arrives after switching on is read.
  useEffect(() => setFrom(on ? id : undefined), [on]);
  const words =
    newest && from !== undefined && id > from ? `${speakerOf(newest, partner)}: ${plainText(newest.content)}` : "";
  return (
    <p role="status" className="sr-only">
      {words}
    </p>
  );
}
