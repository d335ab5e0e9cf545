// Takes screenshots of every page and state for people to review; SHOTS is the output folder.
import { defineConfig, devices } from "@playwright/test";
import base from "./playwright.config";

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const laptop = { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } };
const reducedMotion = { contextOptions: { reducedMotion: "reduce" as const } };

export default defineConfig({
  ...base,
  projects: [
    { name: "sign in", testMatch: "sign-in.setup.ts" },
    ...(["light", "dark"] as const)
      .flatMap((colorScheme) => [
        { name: `phone-${colorScheme}`, use: { ...phone, ...reducedMotion, colorScheme } },
        { name: `laptop-${colorScheme}`, use: { ...laptop, ...reducedMotion, colorScheme } },
      ])
      .map((project) => ({ ...project, testMatch: "shots/take.ts", dependencies: ["sign in"] })),
  ],
});
