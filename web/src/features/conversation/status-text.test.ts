// What people read when something goes wrong: complete sentences without repetition.
import { expect, it } from "vitest";
import { faultWords, noticeWords, refusalWords } from "./status-text";

const refused = (code: string, text: string, retryable = true) => refusalWords({ code, text, retryable });

it("explains a refusal by its code, and says only once that the message was not sent", () => {
  expect(refused("busy", "an answer is on its way; your message was not sent")).toBe(
    "Not sent. Another answer was in progress.",
  );
  expect(refused("rate_limited", "too many messages in a minute; your message was not sent")).toBe(
    "Too many messages in a minute; your message was not sent.",
  );
  expect(refused("idempotency_conflict", "another message has this id")).toBe("Not sent. Another message has this id.");
  expect(refused("quota_exhausted", "no", false)).toBe("Not sent. You don't have enough turns left.");
});

it("has a sentence for every model error", () => {
  for (const code of ["model_timeout", "model_overloaded", "model_refused", "model_failed", "context_too_long"])
    expect(faultWords(code)).toMatch(/^[A-Z].+\.$/);
});

it("shows an error about an answer only next to that answer", () => {
  const fault = { code: "model_failed", error: "no", retryable: true };
  expect(noticeWords({ ...fault, lane: "partner", turn: 1 })).toBe("");
  expect(noticeWords(fault)).toBe("No.");
});
