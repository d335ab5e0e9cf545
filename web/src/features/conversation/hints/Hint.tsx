// Shows the current hint if it belongs in this place. Its bubble is loaded on demand: most visits never need it.
import { Suspense } from "react";
import { lazyPage } from "../../../shell/lazy-page";
import { type HintId, useHints } from "./use-hints";

const HintBubble = lazyPage(() => import("./HintBubble"));

export function Hint({ among, className }: { among: readonly HintId[]; className: string }) {
  const { current } = useHints();
  if (!current || !among.includes(current)) return null;
  return (
    <Suspense>
      <HintBubble which={current} className={className} />
    </Suspense>
  );
}
