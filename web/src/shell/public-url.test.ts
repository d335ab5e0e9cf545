// A page that was opened at the wrong address finds the right one.
import { expect, it } from "vitest";
import { urlAtPublicOrigin } from "./public-url";

const here = { origin: "http://127.0.0.1:8080", pathname: "/conversation/1", search: "?a=b" };

it("returns the same page at the server's address", () => {
  expect(urlAtPublicOrigin(here, "http://localhost:8080")).toBe("http://localhost:8080/conversation/1?a=b");
  expect(urlAtPublicOrigin({ ...here, pathname: "//evil.example/" }, "http://localhost:8080")).toBe(
    "http://localhost:8080/",
  );
});

it("returns nothing at the right address, or if the server names none", () => {
  expect(urlAtPublicOrigin(here, "http://127.0.0.1:8080/")).toBe(undefined);
  expect([urlAtPublicOrigin(here, undefined), urlAtPublicOrigin(here, "")]).toEqual([undefined, undefined]);
});
