// The hint of the moment, if it belongs here. Loaded when the first one is due: most people never see one again.
import { Suspense } from "react";
import { lazyPage } from "../../../shell/lazy-page";
import { useCaption, type Which } from "./captions";

const Caption = lazyPage(() => import("./Caption"));

export function Hint({ among, className }: { among: readonly Which[]; className: string }) {
  const { current } = useCaption();
  if (!current || !among.includes(current)) return null;
  return (
    <Suspense>
      <Caption which={current} className={className} />
    </Suspense>
  );
}
