// Build, development proxy and unit tests.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const host = process.env.COACH_HOST ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  // Its exports name no production build for browsers.
  resolve: { alias: { "react-router": `${import.meta.dirname}/node_modules/react-router/dist/production/index.mjs` } },
  // assetsInlineLimit 0: a data: URL for a small font would be refused by the host's Content-Security-Policy.
  // No preload polyfill: a browser without module preloading loads the same, a little later.
  build: {
    target: "es2022",
    manifest: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    modulePreload: { polyfill: false },
    // The small parts of the page in one file: ten of them compress worse and cost a phone more round trips. Those that
    // only staff need, in src/ui/staff, stay out of it, and what only some pages show.
    rolldownOptions: {
      output: {
        // Every chunk names the chunks it loads: two characters less each, and still enough to tell builds apart.
        chunkFileNames: "assets/[name]-[hash:6].js",
        codeSplitting: {
          groups: [
            // Five files of 200 bytes else.
            { name: "icons", test: /lucide-react\/dist\/esm\/icons\/(check|chevron-left|copy|lightbulb|lock)\.m?js$/ },
            {
              name: "shared",
              test: /src\/(ui|shell|api)\/(?!Card|Contact|Field|InvitationText|Prose|ExampleConversation|ShortcutList|content-note|field-errors|form-validation|turns|use-form-errors)[^/]+$/,
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
    // Machines are shared: what is slow is not wrong, what hangs is.
    testTimeout: 60_000,
  },
});
