// A page that nobody looks at: every route has a state in the list of pictures that `cargo xtask shots` takes.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { states } from "../e2e/shots/states";

const routesIn = (file: string, under = "") =>
  [...readFileSync(file, "utf8").matchAll(/<Route path="([^"]+)"/g)].map(([, path = ""]) => under + path);

it("every page has a picture", () => {
  const pages = routesIn("src/router.tsx").filter((path) => path !== "/admin/*");
  const admin = routesIn("src/features/admin/Administration.tsx", "/admin/").filter((path) => path !== "/admin/*");
  const shown = new Set(states.map((state) => state.route));
  expect([...pages, ...admin].filter((path) => !shown.has(path))).toEqual([]);
  expect([...shown].filter((route) => ![...pages, ...admin].includes(route))).toEqual([]);
});
