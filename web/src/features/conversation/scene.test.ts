// What the page says about the coach, for every coach setting.
import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { coachMode, type Scene, unseen } from "./scene";

const scene = (coachWhen: string, aside: boolean, coach = true) => {
  const conversation = { coachWhen, aside, coach } as Schemas["Conversation"];
  return { coach: coachMode(conversation), aside } as Scene;
};

it("offers a coach only if there is one", () => {
  expect(scene("after_partner", true).coach).toBe("comments");
  expect(scene("after_user", false).coach).toBe("comments");
  expect(scene("on_request", true).coach).toBe("asked");
  expect(scene("after_partner", true, false).coach).toBe("asked");
  expect(scene("after_partner", false, false).coach).toBe("absent");
  expect(scene("never", false).coach).toBe("absent");
});

it("mentions only what the participant can do", () => {
  expect(unseen(scene("after_partner", true))).toContain("questions");
  expect(unseen(scene("after_partner", false))).toBe("the coach's notes");
  expect(unseen(scene("on_request", true))).toBe("what you ask the coach");
  expect(unseen(scene("never", false))).toBeNull();
});
