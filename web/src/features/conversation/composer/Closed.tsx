// Takes the composer's place when there is nothing more to say: the conversation ended, or the turns are used up.
import { useState } from "react";
import { Link } from "react-router";
import { useConversation } from "../../../live/use-conversation";
import { paths } from "../../../paths";
import { Button, buttonLook } from "../../../ui/Button";
import { useScene } from "../scene";

const because: Record<string, string> = {
  participant: "You ended this conversation.",
  staff: "A researcher ended this conversation.",
  goal_reached: "You reached the aim of this conversation.",
  max_turns: "This conversation has reached its last turn.",
  max_time: "The time for this conversation is over.",
  erased: "This conversation was deleted.",
};

type Props = { why: string; onNotes: (() => void) | undefined };

export function Closed({ why, onNotes }: Props) {
  const { name, coach } = useScene();
  const whole = useConversation((s) => s.rows.findLast((r) => r.role === "partner")?.status === "complete");
  const words =
    why === "quota"
      ? `That was your last turn.${whole ? ` What ${name} said is complete.` : ""}`
      : (because[why] ?? "This conversation has ended.");
  return (
    <section
      id="say"
      aria-label="The end"
      data-region=""
      tabIndex={-1}
      className="shrink-0 border-t border-line bg-surface px-4 pt-4 pb-[max(1rem,env(safe-area-inset-bottom))]"
    >
      <div className="mx-auto flex max-w-[54rem] flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <p role="status" className="font-semibold">
            {words}
          </p>
          <p className="text-sm text-muted">
            Thank you. You can read everything again{coach !== "absent" && ", the coach's notes too"}.
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {onNotes && <Button onClick={onNotes}>Read the notes</Button>}
          {why !== "erased" && <SaveCopy />}
          <Link to={paths.home()} className={buttonLook("plain")}>
            All conversations
          </Link>
        </div>
      </div>
    </section>
  );
}

function SaveCopy() {
  const { conversation } = useScene();
  const [failed, setFailed] = useState(false);
  const save = async () => {
    // Few press it, so it comes when they do.
    const parts = await import("../copy-of").catch(() => null);
    setFailed(!(await parts?.saveCopy(conversation)));
  };
  return (
    <>
      <Button onClick={save}>Save a copy</Button>
      <p role="status" className="w-full text-sm empty:hidden">
        {failed && "The copy could not be made just now. Try again in a moment."}
      </p>
    </>
  );
}
