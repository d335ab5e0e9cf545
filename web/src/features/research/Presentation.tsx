// Presents an invitation's code in full screen, and keeps doing so while the page behind it changes.
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { PresentCode } from "./PresentCode";

export function usePresentation(i: Schemas["Invitation"]) {
  const claimed = i.claimedBy !== undefined;
  const [open, setOpen] = useState(false);
  // Announce only a claim during the presentation: a fresh link is shown to a participant who claimed earlier.
  const [before, setBefore] = useState(claimed);
  const present = () => {
    setBefore(claimed);
    setOpen(true);
  };
  const dialog = i.url && (
    <PresentCode open={open} onClose={() => setOpen(false)} invitation={i} url={i.url} claimed={claimed && !before} />
  );
  return { present, dialog };
}
