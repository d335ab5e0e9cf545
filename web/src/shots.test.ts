// Every route has at least one state in the list of screenshots that `cargo xtask shots` takes.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { states } from "../e2e/shots/states";

const routesIn = (file: string, under = "") =>
  [...readFileSync(file, "utf8").matchAll(/<Route path="([^"]+)"/g)].map(([, path = ""]) => under + path);

it("has a screenshot of every page", () => {
  const pages = routesIn("src/router.tsx").filter((path) => path !== "/admin/*" && path !== "/research/*");
  const research = routesIn("src/features/research/Research.tsx", "/research/").filter(
    (path) => path !== "/research/*",
  );
  if (readFileSync("src/features/research/Research.tsx", "utf8").includes("<Route index")) research.push("/research");
  const admin = routesIn("src/features/admin/Administration.tsx", "/admin/").filter((path) => path !== "/admin/*");
  const shown = new Set(states.map((state) => state.route));
  expect([...pages, ...research, ...admin].filter((path) => !shown.has(path))).toEqual([]);
  expect([...shown].filter((route) => ![...pages, ...research, ...admin].includes(route))).toEqual([]);
});
