// Takes the composer's place when there is nothing more to say: the conversation ended, or the turns are used up.
import { Link } from "react-router";
import { paths } from "../../../paths";
import { buttonLook } from "../../../ui/Button";

const because: Record<string, string> = {
  participant: "You ended this conversation.",
  staff: "A researcher ended this conversation.",
  goal_reached: "You reached the aim of this conversation.",
  max_turns: "This conversation has reached its last turn.",
  max_time: "The time for this conversation is over.",
  erased: "This conversation was deleted.",
};

export function Closed({ why, name }: { why: string; name: string }) {
  const words =
    why === "quota"
      ? `That was your last turn. What ${name} said is complete.`
      : (because[why] ?? "This conversation has ended.");
  return (
    <section
      id="say"
      aria-label="The end"
      data-region=""
      tabIndex={-1}
      className="shrink-0 border-t border-line bg-surface px-4 py-4"
    >
      <div className="mx-auto flex max-w-[54rem] flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <p role="status" className="font-semibold">
            {words}
          </p>
          <p className="text-sm text-muted">Thank you. You can read everything again, the coach's notes too.</p>
        </div>
        <Link to={paths.home()} className={buttonLook("plain")}>
          All conversations
        </Link>
      </div>
    </section>
  );
}
