// Whether the coach writes notes and answers private questions. Changing the notes also changes the questions.
import { useState } from "react";
import { CheckField } from "../../ui/Field";

export function CoachChoice() {
  const [coach, setCoach] = useState(true);
  const [aside, setAside] = useState(true);
  const comment = (on: boolean) => {
    setCoach(on);
    setAside(on);
  };
  return (
    <fieldset className="min-w-0 wrap-anywhere">
      <legend className="sr-only">Coach</legend>
      <CheckField
        name="coach"
        checked={coach}
        onChange={(event) => comment(event.target.checked)}
        label="The coach writes a note after every turn"
      />
      <CheckField
        name="aside"
        checked={aside}
        onChange={(event) => setAside(event.target.checked)}
        label="Participants may ask the coach privately"
      />
      <p role="status" className="text-sm text-muted">
        {coachSummary(coach, aside)}
      </p>
    </fieldset>
  );
}

function coachSummary(coach: boolean, aside: boolean): string {
  if (coach && aside) return "Participants get a note after every turn and can ask the coach questions.";
  if (coach) return "Participants get a note after every turn. They can't ask the coach questions.";
  if (aside) return "Participants still have a coach, who answers only when they ask.";
  return "Participants have no coach. Only the name of this service mentions one.";
}
