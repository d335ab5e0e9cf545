// Makes a watched conversation and the note being written available to all parts of a page.
import type { ReactNode } from "react";
import { ObservedContext } from "../../../live/use-observed";
import { DraftContext } from "../notes/draft-store";
import type { Observation } from "./use-observation";

export const ObservationContexts = ({ of, children }: { of: Observation; children: ReactNode }) => (
  <ObservedContext value={of.observed}>
    <DraftContext value={of.draft}>{children}</DraftContext>
  </ObservedContext>
);
