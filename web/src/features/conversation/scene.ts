// Details of a conversation that all parts of its page need and that rarely change: the partner, who can read along,
// and what the coach does.
import { createContext, useContext } from "react";
import type { Schemas } from "../../api/client";

/** The coach comments on every turn, answers when asked, or is absent. */
export type CoachMode = "comments" | "asked" | "absent";

export type Scene = {
  conversation: Schemas["Conversation"];
  /** The partner's short name. */
  name: string;
  /** The conversation belongs to an invitation, so researchers can read along. */
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

/** `coach` is false if the invitation turned the comments off. */
export function coachMode({ coach, coachWhen, aside }: Schemas["Conversation"]): CoachMode {
  if (coachWhen.startsWith("after") && coach) return "comments";
  return aside ? "asked" : "absent";
}

/** Returns the object of "Dana never sees …", or null without a coach. */
export function unseen({ coach, aside }: Scene): string | null {
  if (coach === "absent") return null;
  if (coach === "asked") return "what you ask the coach";
  return aside ? "the coach's notes or your questions to the coach" : "the coach's notes";
}
