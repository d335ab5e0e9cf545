// Invitations that were created together: their number, and the ways to distribute them.
import { Check, Download, Printer } from "lucide-react";
import { Link, useLocation, useSearchParams } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../paths";
import { researchPaths } from "../../research-paths";
import { buttonLook } from "../../ui/Button";
import { CopyTextButton } from "./CopyTextButton";
import { linkOf } from "./invitation-status";
import { LoopbackNote } from "./LoopbackNote";

export function BatchSummary({ list }: { list: Schemas["InvitationPage"] }) {
  const [query] = useSearchParams();
  const state: unknown = useLocation().state;
  const batch = query.get("batch");
  if (!batch) return null;
  const justNow = typeof state === "object" && state !== null && "created" in state;
  const links = list.items.flatMap((i) => linkOf(i) ?? []);
  const these = new URLSearchParams({ batch });
  return (
    <section aria-label="Created together" className="mb-6 rounded-2xl border border-line bg-surface p-5">
      <p role="status" className="mb-3 flex items-center gap-2.5 font-semibold">
        {justNow && <Check aria-hidden className="size-5 shrink-0 text-ok" />}
        <span>{`${list.total} invitations ${justNow ? "created" : "created together"}`}</span>
      </p>
      <div className="flex flex-wrap gap-2">
        {links.length > 0 && (
          <CopyTextButton text={links.join("\n")} label={`Copy ${links.length} links`} what={`${links.length} links`} />
        )}
        <a href={researchPaths.linksFile(these)} download className={buttonLook("tool")}>
          <Download aria-hidden className="size-4" /> Download CSV
        </a>
        <Link to={researchPaths.codes(these)} className={buttonLook("tool")}>
          <Printer aria-hidden className="size-4" /> Print codes
        </Link>
        <Link to={paths.invitations()} className={buttonLook("quiet", "min-h-10 text-sm")}>
          Show all invitations
        </Link>
      </div>
      <LoopbackNote className="mt-3" />
    </section>
  );
}
