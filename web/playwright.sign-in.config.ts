// The journeys of signing in: against a host that has a provider. ISSUER is the provider's host.
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

export default defineConfig({ ...base, projects: [{ name: "sign-in", testMatch: "sign-in.journey.ts" }] });
