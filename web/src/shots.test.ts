// Every route has at least one state in the list of screenshots that `cargo xtask shots` takes.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { states } from "../e2e/shots/states";

const routesIn = (file: string, under = "") =>
  [...readFileSync(file, "utf8").matchAll(/<Route path="([^"]+)"/g)].map(([, path = ""]) => under + path);

it("has a screenshot of every page", () => {
  const pages = routesIn("src/router.tsx").filter((path) => path !== "/admin/*");
  const admin = routesIn("src/features/admin/Administration.tsx", "/admin/").filter((path) => path !== "/admin/*");
  const shown = new Set(states.map((state) => state.route));
  expect([...pages, ...admin].filter((path) => !shown.has(path))).toEqual([]);
  expect([...shown].filter((route) => ![...pages, ...admin].includes(route))).toEqual([]);
});
