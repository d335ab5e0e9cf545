// Requests to the host, and responses from the host or from a proxy in front of it.
import { afterEach, expect, it, vi } from "vitest";
import { send } from "./send";

afterEach(() => vi.unstubAllGlobals());

function answering(status: number, body: string) {
  const fetched = vi.fn(async (_url: string, _init?: RequestInit) => new Response(body || null, { status }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

it("fills in the path, omits undefined parameters, and sends JSON", async () => {
  const fetched = answering(200, '{"id":"1"}');
  const params = { path: { id: "a/b ä" }, query: { limit: 5, search: "=x&y", cursor: undefined } };
  expect((await send("PATCH", "/api/things/{id}", { params, body: { n: 1 } })).data).toEqual({ id: "1" });
  expect(fetched.mock.calls[0]).toEqual([
    "/api/things/a%2Fb%20%C3%A4?limit=5&search=%3Dx%26y",
    { method: "PATCH", body: '{"n":1}', headers: { "Content-Type": "application/json" } },
  ]);
  await send("GET", "/api/things");
  expect(fetched.mock.calls[1]).toEqual(["/api/things", { method: "GET" }]);
});

it("returns no data for an empty response", async () => {
  answering(204, "");
  expect(await send("POST", "/api/auth/logout")).toMatchObject({ data: undefined, response: { status: 204 } });
});

it("returns the host's Problem, or its own for any other error response", async () => {
  answering(410, '{"type":"about:blank","title":"erased","status":410,"code":"erased"}');
  expect((await send("GET", "/api/x")).error).toMatchObject({ code: "erased", status: 410 });
  answering(502, "<html>Bad gateway</html>");
  expect((await send("GET", "/api/x")).error).toMatchObject({ status: 502, code: "internal" });
});

it("rejects like fetch if no response arrives", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(send("GET", "/api/x")).rejects.toBeInstanceOf(TypeError);
});
