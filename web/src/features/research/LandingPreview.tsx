// A preview of the landing page that participants read before they agree, as the host would show it.
import { problemOf } from "../../api/client";
import { InvitationText } from "../../ui/InvitationText";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import type { Preview } from "./use-preview";

export function LandingPreview({ preview }: { preview: Preview }) {
  return (
    <section aria-labelledby="preview" className="min-w-0 lg:sticky lg:top-4">
      <h2 id="preview" className="mb-2 font-semibold">
        What participants read
      </h2>
      <section
        data-region=""
        tabIndex={0}
        aria-label="Preview"
        className="scroll-y rounded-2xl border border-line bg-bg p-5 lg:max-h-[calc(100dvh-8.5rem)]"
      >
        {preview.error ? <ProblemNotice problem={problemOf(preview.error)} /> : !preview.data && <Skeleton />}
        {preview.data && <InvitationText landing={preview.data.landing} preview />}
      </section>
    </section>
  );
}
