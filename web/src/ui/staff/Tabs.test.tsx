// The arrow keys in tabs.
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Tabs } from "./Tabs";

afterEach(cleanup);

const tabs = [
  { id: "a", name: "A" },
  { id: "b", name: "B" },
  { id: "c", name: "C" },
] as const;

function chosenBy(manual: boolean): string[] {
  const chosen: string[] = [];
  render(<Tabs label="Parts" tabs={tabs} value="a" onChange={(id) => chosen.push(id)} panel="p" manual={manual} />);
  screen.getByRole("tab", { name: "A" }).focus();
  return chosen;
}

const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
const focused = () => document.activeElement?.textContent;

it("selects with the arrow keys", () => {
  const chosen = chosenBy(false);
  press("ArrowLeft");
  expect([chosen, focused()]).toEqual([["c"], "C"]);
});

it("only moves with the arrow keys where selecting is manual", () => {
  const chosen = chosenBy(true);
  press("ArrowRight");
  press("ArrowRight");
  expect([chosen, focused()]).toEqual([[], "C"]);
  fireEvent.click(screen.getByRole("tab", { name: "C" }));
  expect(chosen).toEqual(["c"]);
});
