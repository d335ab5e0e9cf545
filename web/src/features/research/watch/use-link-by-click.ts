// A click on a message links the note to it, as its button does. Selecting text doesn't.
import { type RefObject, useEffect } from "react";
import { focusNoteBox } from "../notes/focus-note-box";

export function useLinkByClick(content: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const el = content.current;
    if (!el) return;
    const onClick = ({ target }: MouseEvent) => {
      if (!(target instanceof Element) || target.closest("a, button") || getSelection()?.isCollapsed === false) return;
      const message = target.closest("article")?.closest("[data-message]");
      const link = message?.querySelector<HTMLElement>("[data-stop=link]");
      if (!link) return;
      link.click();
      focusNoteBox();
    };
    el.addEventListener("click", onClick);
    return () => el.removeEventListener("click", onClick);
  }, [content]);
}
