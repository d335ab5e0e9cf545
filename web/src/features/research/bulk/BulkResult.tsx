// What became of an act on several invitations: each is done, or refused with a reason.
import { X } from "lucide-react";
import type { BulkAnswer } from "../../../api/staff/types";
import { IconButton } from "../../../ui/Button";
import { sentence } from "../../../ui/sentence";

/** `names` has the labels by id. */
export type Outcome = {
  /** What was done, as a sentence. */
  text: string;
  answer: BulkAnswer;
  names: ReadonlyMap<string, string>;
  /** What the refused ones couldn't be. */
  verb: "changed" | "copied";
};

type Props = { outcome: Outcome; onClose: () => void };

export function BulkResult({ outcome: { text, answer, names, verb }, onClose }: Props) {
  const { refused } = answer;
  return (
    <div role="status" className="mb-2 flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <p>{text}</p>
        {refused.length > 0 && (
          <>
            <p className="mt-1 text-danger">{`${refused.length} couldn't be ${verb}:`}</p>
            <ul className="max-h-40 list-disc overflow-y-auto ps-5 text-sm">
              {refused.map(({ id, detail }) => (
                <li key={id} className="wrap-anywhere">
                  <bdi>{names.get(id) ?? id}</bdi>
                  {`: ${sentence(detail)}`}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <IconButton label="Close this message" className="-mt-2.5" onClick={onClose}>
        <X aria-hidden className="size-4" />
      </IconButton>
    </div>
  );
}
