// Build, development proxy and unit tests.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const host = process.env.COACH_HOST ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  // assetsInlineLimit 0: a data: URL for a small font would be refused by the host's Content-Security-Policy.
  build: {
    target: "es2022",
    manifest: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    // What a conversation shares with other pages, and what that needs, is one file: ten small ones weigh more.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "parts",
              test: /src.(ui.(Bubble|Meter|ProblemNotice|Prose|announce|copy-text|times)|shell.Refused)\.tsx?$/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": host, "/ws": { target: host, ws: true } } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], pool: "threads", maxWorkers: 1 },
});
