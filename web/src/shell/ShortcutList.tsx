// The list of all keyboard shortcuts, loaded on demand.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { can } from "../api/permissions";
import { queries } from "../api/queries";
import { CheckField } from "../ui/Field";
import { letSingleKeysWork, singleKeysWork } from "./single-keys";

const COACH = "Ctrl+.";
const keys: [string, string][] = [
  ["F6", "Move to the next part of the page"],
  ["Enter", "Send your message"],
  ["Shift+Enter", "Start a new line"],
  ["Esc", "Stop the reply"],
  [COACH, "Switch between your partner and the coach"],
  ["↑ in an empty box", "Edit the message that wasn't sent"],
  ["↑ ↓ on a message", "Go to the previous or next message"],
  ["?", "Show this list"],
];

const staffKeys: [string, string][] = [
  ["Ctrl+Enter", "Add the note"],
  ["A tag's key", "Add the tag to your note"],
  ["Alt + a tag's key", "The same while you write"],
];

export default function ShortcutList() {
  const [alone, setAlone] = useState(singleKeysWork);
  const me = useQuery(queries.me()).data;
  // Participants without a coach must not find out here that others have one.
  const asks = !me || can.invite(me) || me.invitations.length === 0 || me.invitations.some((i) => i.aside);
  const staff = me && can.invite(me);
  return (
    <>
      <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] items-baseline gap-x-4 gap-y-2.5">
        {[...keys, ...(staff ? staffKeys : [])]
          .filter(([key]) => asks || key !== COACH)
          .map(([key, does]) => (
            <div key={key} className="col-span-2 grid grid-cols-subgrid items-baseline">
              <dt>
                <kbd className="inline-block rounded-md border border-line bg-raised px-2 py-0.5 font-sans text-sm">
                  {key}
                </kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
      </dl>
      <div className="mt-5">
        <CheckField
          role="switch"
          aria-checked={alone}
          label={staff ? "Use ? and tags' keys without Alt" : "Use ? to show this list"}
          checked={alone}
          onChange={({ target }: { target: HTMLInputElement }) => {
            letSingleKeysWork(target.checked);
            setAlone(target.checked);
          }}
        />
      </div>
    </>
  );
}
