// Shortcuts that work on every page: F6 moves through the elements with `data-region`, `?` lists all shortcuts.
import { Keyboard } from "lucide-react";
import { type ComponentProps, lazy, Suspense, useEffect, useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { singleKeysWork } from "./single-keys";

const LIST = "coach:keys";

const ShortcutList = lazy(() => import("./ShortcutList"));

export function KeyboardShortcuts() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const show = () => setOpen(true);
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "F6") {
        event.preventDefault();
        focusNextRegion(event.shiftKey ? -1 : 1);
      }
      if (event.key !== "?" || isWriting(event.target) || document.querySelector("dialog[open]")) return;
      if (singleKeysWork()) show();
    };
    addEventListener("keydown", onKey);
    addEventListener(LIST, show);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener(LIST, show);
    };
  }, []);
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Keyboard shortcuts">
      {open && (
        <Suspense>
          <ShortcutList />
        </Suspense>
      )}
    </Dialog>
  );
}

/** Opens the list for people who don't know its key. */
export function ShortcutsButton(props: ComponentProps<"button">) {
  return (
    <Button onClick={() => dispatchEvent(new Event(LIST))} {...props}>
      <Keyboard aria-hidden className="size-4" /> Keyboard shortcuts
    </Button>
  );
}

const isWriting = (target: EventTarget | null) =>
  target instanceof Element && target.matches("input:not([type=checkbox], [type=radio]), textarea, select");

function focusNextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")];
  const at = regions.findIndex((r) => r.contains(document.activeElement));
  const next = at < 0 ? (step === 1 ? 0 : -1) : (at + step) % regions.length;
  regions.at(next)?.focus();
}
