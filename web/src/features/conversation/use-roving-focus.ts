// Makes a list of messages a single tab stop: the arrow keys move between rows, and a long press shows a row's actions.
// Focusable actions have a `data-stop` attribute that names the action.
import { type KeyboardEvent, type PointerEvent, useRef } from "react";

/** In milliseconds, a little before a phone starts to select text. */
const LONG_PRESS = 450;
const MOVED = 10;

export function useRovingFocus() {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const cancel = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  const onPointerDown = ({ pointerType, target, clientX: x, clientY: y }: PointerEvent<HTMLElement>) => {
    cancel();
    const row = target instanceof Element ? target.closest("li:has([data-stop])") : null;
    if (pointerType !== "touch" || !row) return;
    const show = () => row.querySelector<HTMLElement>("[data-stop=copy]")?.focus({ preventScroll: true });
    press.current = { timer: setTimeout(show, LONG_PRESS), x, y };
  };
  const onPointerMove = ({ clientX, clientY }: PointerEvent<HTMLElement>) => {
    const start = press.current;
    if (start && Math.hypot(clientX - start.x, clientY - start.y) > MOVED) cancel();
  };
  return { onKeyDown: moveBetweenRows, onPointerDown, onPointerMove, onPointerUp: cancel, onPointerCancel: cancel };
}

function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLElement) || !event.target.dataset.stop) return;
  event.preventDefault();
  const rows = [...event.currentTarget.children].filter((row) => row.querySelector("[data-stop]"));
  const next = rows[rows.findIndex((row) => row.contains(event.target as Node)) + step];
  const alike = next?.querySelector<HTMLElement>(`[data-stop=${event.target.dataset.stop}]`);
  (alike ?? next?.querySelector<HTMLElement>("[data-stop]"))?.focus();
}
