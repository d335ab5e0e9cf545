// Takes a screenshot of every state in the viewport and theme of the current project.
import path from "node:path";
import { test } from "@playwright/test";
import { drawn } from "../inspect";
import { STAFF } from "../world";
import { states } from "./states";

const folder = process.env.SHOTS ?? "test-results/shots";

for (const state of states) {
  test.describe(() => {
    if (state.as === "staff") test.use({ storageState: STAFF });
    test(state.name, async ({ page, browser }, { project }) => {
      await state.open(page, browser);
      await drawn(page);
      const file = `${state.name.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}--${project.name}.png`;
      await page.screenshot({ path: path.join(folder, file), fullPage: state.whole ?? false });
    });
  });
}
