// A click on a message links the note to it, as its button does. Selecting text doesn't.
import { type RefObject, useEffect } from "react";

export function useLinkByClick(content: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const el = content.current;
    if (!el) return;
    const onClick = ({ target }: MouseEvent) => {
      if (!(target instanceof Element) || target.closest("a, button") || getSelection()?.isCollapsed === false) return;
      target.closest("article")?.closest("[data-message]")?.querySelector<HTMLElement>("[data-stop=link]")?.click();
    };
    el.addEventListener("click", onClick);
    return () => el.removeEventListener("click", onClick);
  }, [content]);
}
