// Sign-in journeys against a host with a sign-in provider; ISSUER is the provider's host name.
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

export default defineConfig({ ...base, projects: [{ name: "sign-in", testMatch: "sign-in.journey.ts" }] });
