// The top of a conversation: the title, the situation, and who can read along.
import { Eye, Lock } from "lucide-react";
import { unseen, useScene } from "../scene";

export function SceneStart() {
  const scene = useScene();
  const { conversation: c, observed, demo } = scene;
  const hidden = unseen(scene);
  return (
    <div className="mx-4 mb-6 rounded-2xl border border-line bg-surface p-4 short:mb-3 md:mx-6">
      <h2 dir="auto" className="font-semibold">
        {c.title}
      </h2>
      {c.card && (
        <p dir="auto" className="mt-0.5">
          {c.card}
        </p>
      )}
      <ul className="mt-2.5 space-y-1 text-sm text-muted">
        {hidden && (
          <li className="flex items-start gap-2">
            <Lock aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span>{`${c.partnerName} never sees ${hidden}.`}</span>
          </li>
        )}
        {observed && (
          <li className="flex items-start gap-2">
            <Eye aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span>Researchers can read along.</span>
          </li>
        )}
        {demo && <li>Demo model: replies are canned. No AI provider is connected.</li>}
      </ul>
    </div>
  );
}
