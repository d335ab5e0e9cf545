// Build, development proxy and unit tests.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const host = process.env.COACH_HOST ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  // The package's exports don't offer a production build for browsers.
  resolve: { alias: { "react-router": `${import.meta.dirname}/node_modules/react-router/dist/production/index.mjs` } },
  // assetsInlineLimit 0: the host's Content-Security-Policy blocks the data: URLs that Vite would use for small fonts.
  // No preload polyfill: browsers without module preloading just load a little later.
  build: {
    target: "es2022",
    manifest: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    modulePreload: { polyfill: false },
    // Small shared parts go into one chunk: ten files compress worse and cost a phone more round trips. Parts that only
    // some pages show are left out; those that only staff load have a chunk of their own.
    rolldownOptions: {
      output: {
        // Every chunk lists the chunks it loads, so shorter hashes save bytes. Six characters still tell builds apart.
        chunkFileNames: "assets/[name]-[hash:6].js",
        codeSplitting: {
          groups: [
            {
              name: "shared",
              test: /src\/(ui|shell|api)\/(?!Card|Contact|Field|InvitationText|Prose|ExampleConversation|ShortcutList|content-note|field-errors|form-validation|turns|use-form-errors)[^/]+$|lucide-react\/dist\/esm\/icons\/(arrow-down|arrow-up|check|chevron-left|copy|eye|lightbulb|lock)\.m?js$/,
            },
            // Small parts that several of the researchers' pages share.
            {
              name: "staff",
              test: /src\/(ui\/staff|api\/staff|features\/research\/(people|conversation-text|invitation-status|StaleNotice|StatusBadge|TokenUsage|LoopbackNote|CopyTextButton|last-day|list-query)|research-paths)/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": host, "/ws": { target: host, ws: true } } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    pool: "threads",
    maxWorkers: 1,
    // Test machines are shared: being slow is not a failure, hanging is.
    testTimeout: 60_000,
  },
});
