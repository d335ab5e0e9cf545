// The top of a conversation: who this is, the situation, and who can read it.
import { Eye, Lock } from "lucide-react";
import { unseen, useScene } from "../scene";

export function SceneStart() {
  const scene = useScene();
  const { conversation: c, observed, demo } = scene;
  const hidden = unseen(scene);
  return (
    <div className="mx-4 mb-6 md:mx-6 rounded-2xl border border-line bg-surface p-4">
      <h2 className="font-semibold">{c.title}</h2>
      {c.card && <p className="mt-0.5">{c.card}</p>}
      <ul className="mt-2.5 space-y-1 text-sm text-muted">
        {hidden && (
          <li className="flex items-start gap-2">
            <Lock aria-hidden className="mt-0.5 size-4 shrink-0" /> {c.partnerName} never sees {hidden}.
          </li>
        )}
        {observed && (
          <li className="flex items-start gap-2">
            <Eye aria-hidden className="mt-0.5 size-4 shrink-0" /> Researchers can read along.
          </li>
        )}
        {demo && <li>Demo model: the voices say prepared things, no AI is connected.</li>}
      </ul>
    </div>
  );
}
