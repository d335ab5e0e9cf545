// The conversation's menu: who can read along, settings, and the button that ends the conversation.
import { Eye } from "lucide-react";
import { useConversation } from "../../live/use-conversation";
import { ShortcutsButton } from "../../shell/KeyboardShortcuts";
import { Button } from "../../ui/Button";
import { SelectField } from "../../ui/Field";
import { ThemeChoice } from "../../ui/ThemeButton";
import { chooseNoteAnnouncements, type NoteAnnouncements, useNoteAnnouncements } from "./note-announcements";
import { unseen, useScene } from "./scene";

/** `id` is the id of the popover around it. */
export default function Menu({ id, onEnd }: { id: string; onEnd: () => void }) {
  const { coach } = useScene();
  return (
    <>
      <WhoReads />
      <ThemeChoice className="mb-2 w-full sm:hidden" />
      <ShortcutsButton className="mb-2 w-full pointer-coarse:hidden" popoverTarget={id} popoverTargetAction="hide" />
      {coach === "comments" && <AnnouncingChoice />}
      <EndButton id={id} onPress={onEnd} />
    </>
  );
}

function WhoReads() {
  const scene = useScene();
  const hidden = unseen(scene);
  if (!scene.observed && !hidden) return null;
  const never = hidden ? `${scene.conversation.partnerName} never sees ${hidden}.` : "";
  return (
    <p className="mb-3 flex items-start gap-2 text-sm text-muted">
      <Eye aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{scene.observed ? `Researchers can read along. ${never}` : never}</span>
    </p>
  );
}

function AnnouncingChoice() {
  const announcing = useNoteAnnouncements();
  return (
    <SelectField
      label="Announce notes to screen readers"
      value={announcing}
      onChange={(event) => chooseNoteAnnouncements(event.target.value as NoteAnnouncements)}
    >
      <option value="text">In full</option>
      <option value="fact">Only that there is a note</option>
      <option value="off">Never</option>
    </SelectField>
  );
}

function EndButton({ id, onPress }: { id: string; onPress: () => void }) {
  const ended = useConversation((s) => s.ended !== null);
  if (ended) return <p className="text-sm text-muted">This conversation has ended.</p>;
  return (
    <Button look="danger" className="w-full" popoverTarget={id} popoverTargetAction="hide" onClick={onPress}>
      End conversation
    </Button>
  );
}
