// An unchanged answer costs no body and renders nothing.
import { QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { queryClient } from "../queries";
import { polled } from "./polled";

const key = ["get", "/api/desk", {}] as const;
let answers: Response[];
let asked: (string | null)[];
let leave: () => void;
let seen: unknown[];

beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  asked = [];
  seen = [];
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    asked.push(new Headers(init.headers).get("If-None-Match"));
    return answers.shift() ?? new Response(null, { status: 304 });
  });
});

afterEach(() => {
  leave();
  queryClient.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const json = (data: unknown, tag: string) =>
  new Response(JSON.stringify(data), { headers: { ETag: tag, "Content-Type": "application/json" } });

function poll(): void {
  const observer = new QueryObserver<unknown>(queryClient, polled({ queryKey: key }));
  leave = observer.subscribe(({ data, error }) => seen.push(error ?? data));
}

it("asks with the newest tag, and keeps the data as long as nothing changed", async () => {
  answers = [json({ live: 1 }, 'W/"a"'), new Response(null, { status: 304 }), json({ live: 2 }, 'W/"b"')];
  poll();
  await vi.advanceTimersByTimeAsync(8_100);
  expect(asked).toEqual([null, 'W/"a"', 'W/"a"', 'W/"b"', 'W/"b"']);
  expect(queryClient.getQueryData(key)).toEqual({ live: 2 });
});

it("shows a change within three seconds", async () => {
  answers = [json({ live: 1 }, 'W/"a"'), json({ live: 2 }, 'W/"b"')];
  poll();
  await vi.advanceTimersByTimeAsync(0);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(queryClient.getQueryData(key)).toEqual({ live: 2 });
});

it("stops asking once the person is signed out, and keeps what it knew", async () => {
  const out = { type: "about:blank", title: "Sign in", status: 401, code: "login" };
  answers = [json({ live: 1 }, 'W/"a"'), new Response(JSON.stringify(out), { status: 401 })];
  poll();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toHaveLength(2);
  expect(queryClient.getQueryData(key)).toEqual({ live: 1 });
  expect(seen.at(-1)).toEqual(out);
});

it("asks in full after a mutation changed the data, whose tag it doesn't know", async () => {
  answers = [json({ live: 1 }, 'W/"a"'), json({ live: 1 }, 'W/"a"')];
  poll();
  await vi.advanceTimersByTimeAsync(0);
  queryClient.setQueryData(key, { live: 7 });
  await vi.advanceTimersByTimeAsync(2_100);
  expect(asked).toEqual([null, null]);
  expect(queryClient.getQueryData(key)).toEqual({ live: 1 });
});

it("keeps what didn't change the same object", async () => {
  answers = [json({ a: { n: 1 }, b: 1 }, 'W/"a"'), json({ a: { n: 1 }, b: 2 }, 'W/"b"')];
  poll();
  await vi.advanceTimersByTimeAsync(0);
  const before = queryClient.getQueryData<{ a: object }>(key);
  await vi.advanceTimersByTimeAsync(4_100);
  const after = queryClient.getQueryData<{ a: object }>(key);
  expect(after).toEqual({ a: { n: 1 }, b: 2 });
  expect(after?.a).toBe(before?.a);
  expect(asked).toEqual([null, 'W/"a"', 'W/"b"']);
});
