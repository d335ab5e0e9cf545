// What every part of a conversation's page wants to know and what hardly ever changes: who plays, who reads along, and
// what the coach does.
import { createContext, useContext } from "react";
import type { Schemas } from "../../api/client";

/** The coach comments on every turn, answers when asked, or is not there at all. */
export type CoachMode = "comments" | "asked" | "absent";

export type Scene = {
  conversation: Schemas["Conversation"];
  /** How the partner is called in short. */
  name: string;
  /** Researchers can read along. */
  observed: boolean;
  demo: boolean;
  coach: CoachMode;
  /** The participant may ask the coach privately. */
  aside: boolean;
};

export const SceneContext = createContext<Scene | null>(null);

export function useScene(): Scene {
  const scene = useContext(SceneContext);
  if (!scene) throw new Error("no scene around this component");
  return scene;
}

/** `coach` is false where the invitation switched the comments off. */
export function coachMode({ coach, coachWhen, aside }: Schemas["Conversation"]): CoachMode {
  if (coachWhen.startsWith("after") && coach) return "comments";
  return aside ? "asked" : "absent";
}

/** What the partner never sees, to stand in "Dana never sees …"; nothing where there is no coach. */
export function unseen({ coach, aside }: Scene): string | null {
  if (coach === "absent") return null;
  if (coach === "asked") return "what you ask the coach";
  return aside ? "the coach's notes or your questions to the coach" : "the coach's notes";
}
