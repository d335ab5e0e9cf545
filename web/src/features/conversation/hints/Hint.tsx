// The hint of the moment, if it belongs here. Loaded when the first one is due: most people never see one again.
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
