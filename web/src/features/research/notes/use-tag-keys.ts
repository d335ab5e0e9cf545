// Listens for the keys of tags on the whole page, except in dialogs and while a note is edited. Alone, they work as long as
// the researcher hasn't switched them off.
import { useEffect, useRef } from "react";
import type { Tag } from "../../../api/staff/types";
import { singleKeysWork } from "../../../shell/single-keys";
import { tagOf } from "./tag-key";

export function useTagKeys(tags: readonly Tag[], onTag: (id: string) => void): void {
  const newest = useRef({ tags, onTag });
  newest.current = { tags, onTag };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (isEditing(event.target) || (!event.altKey && !singleKeysWork())) return;
      const tag = tagOf(event, newest.current.tags, isWriting(event.target));
      if (!tag) return;
      event.preventDefault();
      newest.current.onTag(tag.id);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

const isEditing = (target: EventTarget | null) =>
  target instanceof Element && target.closest('form[aria-label="Edit note"]') !== null;

const isWriting = (target: EventTarget | null) =>
  target instanceof Element && target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
