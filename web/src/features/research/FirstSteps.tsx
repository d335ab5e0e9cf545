// The way to the first invitation, for a researcher who has none.
import { Link } from "react-router";
import { researchPaths } from "../../research-paths";
import { buttonLook } from "../../ui/Button";

const steps: [title: string, text: string][] = [
  ["Create an invitation", "Enter a label and choose how much the participant can talk."],
  ["Show its code", "Present the QR code, or send the link. The participant doesn't need an account."],
  ["Watch live", "Once the participant has agreed and started talking, you can watch here and take notes."],
];

export const FirstSteps = () => (
  <div className="rounded-2xl border border-line bg-surface p-6">
    <h2 className="mb-4 text-xl font-semibold">Your first invitation in three steps</h2>
    <ol className="grid gap-5 sm:grid-cols-3">
      {steps.map(([title, text], i) => (
        <li key={title} className="flex min-w-0 gap-3">
          <span
            aria-hidden
            className="grid size-8 shrink-0 place-items-center rounded-full bg-you font-semibold text-you-ink"
          >
            {i + 1}
          </span>
          <span className="min-w-0">
            <span className="block font-semibold">{title}</span>
            <span className="text-muted">{text}</span>
          </span>
        </li>
      ))}
    </ol>
    <Link to={researchPaths.newInvitation()} className={buttonLook("act", "mt-6")}>
      Create your first invitation
    </Link>
  </div>
);
