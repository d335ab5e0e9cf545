// What the caption beside the coach says.
import { useScene } from "../scene";

export function CoachHint() {
  const { name, coach } = useScene();
  return `The coach's ${coach === "comments" ? "notes" : "answers"} come here. ${name} never sees them.`;
}
