// End-to-end tests against a running host: BASE_URL is its address, ADMIN_LINK is a one-time sign-in link it printed.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  workers: 2,
  fullyParallel: true,
  reporter: "line",
  // Test machines are shared: being slow is not a failure, hanging is.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: process.env.BASE_URL ?? "http://localhost:8080",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    },
  },
  projects: [
    { name: "sign in", testMatch: "sign-in.setup.ts" },
    { name: "journeys", testMatch: "*.spec.ts", dependencies: ["sign in"] },
    // Runs alone, after everything else, because it measures time.
    { name: "speed", testMatch: "speed.budgets.ts", dependencies: ["journeys"], use: { trace: "off" } },
  ],
});
