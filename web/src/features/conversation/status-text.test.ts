// What people read when something went wrong: whole sentences, said once.
import { expect, it } from "vitest";
import { faultWords, noticeWords, refusalWords } from "./status-text";

const refused = (code: string, text: string, retryable = true) => refusalWords({ code, text, retryable });

it("explains a refusal by its code, and never says twice that nothing was sent", () => {
  expect(refused("busy", "an answer is on its way; your message was not sent")).toBe(
    "Not sent. Another answer was on its way.",
  );
  expect(refused("rate_limited", "too many messages in a minute; your message was not sent")).toBe(
    "Too many messages in a minute; your message was not sent.",
  );
  expect(refused("idempotency_conflict", "another message has this id")).toBe("Not sent. Another message has this id.");
  expect(refused("quota_exhausted", "no", false)).toBe("Not sent. There are not enough turns left for it.");
});

it("has a sentence for every fault of a model", () => {
  for (const code of ["model_timeout", "model_overloaded", "model_refused", "model_failed", "context_too_long"])
    expect(faultWords(code)).toMatch(/^[A-Z].+\.$/);
});

it("leaves the faults of a voice to the place of its answer", () => {
  const fault = { code: "model_failed", error: "no", retryable: true };
  expect(noticeWords({ ...fault, lane: "partner", turn: 1 })).toBe("");
  expect(noticeWords(fault)).toBe("No.");
});
