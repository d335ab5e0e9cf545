// What people read when something goes wrong: complete sentences without repetition.
import { expect, it } from "vitest";
import { faultWords, noticeWords, refusalWords } from "./status-text";

const refused = (code: string, text: string, retryable = true) => refusalWords({ code, text, retryable });

it("explains a refusal by its code, and says only once that the message was not sent", () => {
  const busy = "Another answer is in progress. Your message was not sent; try again once it has finished.";
  expect(refused("busy", busy)).toBe("Not sent. Another answer was in progress.");
  const limited = "Too many messages in one minute. Your message was not sent; try again in a moment.";
  expect(refused("rate_limited", limited)).toBe(limited);
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
