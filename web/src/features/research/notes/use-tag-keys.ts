// Listens for the keys of tags on the whole page, except in dialogs.
import { useEffect, useRef } from "react";
import type { Tag } from "../../../api/staff/types";
import { tagOf } from "./tag-key";

export function useTagKeys(tags: readonly Tag[], onTag: (id: string) => void): void {
  const newest = useRef({ tags, onTag });
  newest.current = { tags, onTag };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const tag = tagOf(event, newest.current.tags, isWriting(event.target));
      if (!tag) return;
      event.preventDefault();
      newest.current.onTag(tag.id);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

const isWriting = (target: EventTarget | null) =>
  target instanceof Element && target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
