// What the caption beside the coach says.
import { useScene } from "../scene";

export function CoachHint() {
  const { name, coach } = useScene();
  const what = coach === "comments" ? "After every turn the coach writes here." : "The coach's answers stand here.";
  return `${what} ${name} never sees it.`;
}
