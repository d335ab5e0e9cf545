// Which tag a key press means.
import type { Tag } from "../../../api/staff/types";

type Press = Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey" | "isComposing" | "repeat">;

/**
 * Returns the tag of a key press. In a text field, a letter is text, so only Alt with the key counts; and only if Alt
 * doesn't make it another character, as on a Mac, where people write with it.
 */
export function tagOf(press: Press, tags: readonly Tag[], writing: boolean): Tag | undefined {
  if (press.ctrlKey || press.metaKey || press.isComposing || press.repeat || (writing && !press.altKey))
    return undefined;
  const key = press.key.toLowerCase();
  // Outside text fields, the key's place on the keyboard counts where Alt makes it another character.
  const place = press.altKey && !writing ? /^(?:Key|Digit)(\w)$/.exec(press.code)?.[1]?.toLowerCase() : undefined;
  return tags.find((tag) => tag.key === key) ?? tags.find((tag) => tag.key === place);
}
