// QR codes to print, eight per sheet: `/research/invitations/codes` has the unclaimed invitations of a list,
// `/research/invitations/:id/code` has a single one.
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, Printer } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation, useParams, useSearchParams } from "react-router";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { staffQueries } from "../../api/staff/queries";
import { paths } from "../../paths";
import { researchPaths } from "../../research-paths";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { loadError } from "../../shell/load-error";
import { Button } from "../../ui/Button";
import { PageHeading } from "../../ui/PageHeading";
import { Skeleton } from "../../ui/Skeleton";
import { Pagination } from "../../ui/staff/Pagination";
import { InvitationQr, QrCaption } from "./InvitationQr";
import { linkOf } from "./invitation-status";
import { LoopbackNote } from "./LoopbackNote";
import { wantedBy } from "./list-query";

type Invitation = Schemas["Invitation"];

const AT_ONCE = 200;

export default function CodesPage() {
  const { id } = useParams();
  return id ? <OneCode id={id} /> : <ManyCodes />;
}

function ManyCodes() {
  const ids = selectedIn(useLocation().state);
  return ids ? <SelectedCodes ids={ids} /> : <ListedCodes />;
}

/** Returns the ids of invitations that were selected in the list. They survive a reload in the browser's history. */
function selectedIn(state: unknown): string[] | undefined {
  const ids = typeof state === "object" && state !== null && "ids" in state ? state.ids : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : undefined;
}

function SelectedCodes({ ids }: { ids: string[] }) {
  const codes = useQuery(staffQueries.links(ids));
  const failure = loadError(codes);
  if (failure) return <LoadErrorPage {...failure} />;
  const usable = codes.data?.items.filter(linkOf);
  const words =
    usable && `${usable.length} of ${ids.length} selected invitations can be used, 8 per page, with cut lines.`;
  return <Sheet back={paths.invitations()} words={words ?? ""} items={usable} />;
}

function ListedCodes() {
  const [query] = useSearchParams();
  const wanted = { sort: "label" as const, ...wantedBy(query), status: "open" as const, limit: AT_ONCE };
  const list = useQuery(queries.invitations(wanted));
  const failure = loadError(list);
  if (failure) return <LoadErrorPage {...failure} />;
  const back = `${paths.invitations()}?${query}`;
  if (!list.data) return <Sheet back={back} words="" items={undefined} />;
  const { items, total, next } = list.data;
  const words = `${total} ${total === 1 ? "invitation" : "invitations"} not accepted yet, 8 per page, with cut lines.`;
  const more = items.length < total ? ` This page has ${items.length} of them.` : "";
  return (
    <Sheet back={back} words={words + more} items={items}>
      <Pagination next={next} first="First codes" more="Next codes" />
    </Sheet>
  );
}

function OneCode({ id }: { id: string }) {
  const one = useQuery(queries.invitation(id));
  const failure = loadError(one);
  if (failure) return <LoadErrorPage {...failure} />;
  return <Sheet back={researchPaths.invitation(id)} words="One code, with cut lines." items={one.data && [one.data]} />;
}

type Props = { back: string; words: string; items: Invitation[] | undefined; children?: ReactNode };

function Sheet({ back, words, items, children }: Props) {
  return (
    <main id="main" className="mx-auto w-full max-w-5xl px-4 py-6 sm:px-5 print:max-w-none print:p-0">
      <div className="no-print mb-5">
        <Link to={back} className="mb-2 inline-flex min-h-10 items-center gap-1 text-sm text-muted hover:text-ink">
          <ChevronLeft aria-hidden className="size-4" /> Back
        </Link>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <PageHeading title="Codes to print" />
          <Button look="act" onClick={() => print()}>
            <Printer aria-hidden className="size-4" /> Print
          </Button>
        </div>
        <p className="mt-1 text-muted">{words}</p>
        <LoopbackNote className="mt-3" />
      </div>
      {!items && <Skeleton />}
      {/* Black on white in either theme and on paper, because many scanners can't read inverted codes. */}
      <ul className="grid grid-cols-1 gap-3 text-black sm:grid-cols-2 print:grid-cols-2 print:gap-0">
        {items?.map(
          (i) =>
            i.url && (
              <li
                key={i.id}
                className="flex min-w-0 items-center gap-4 rounded-2xl border border-line bg-white p-4 print:h-[66mm] print:break-inside-avoid print:rounded-none print:border-dashed print:nth-[8n]:break-after-page"
              >
                <InvitationQr of={i} url={i.url} className="w-2/5 max-w-40 shrink-0 print:w-[42mm] print:max-w-none" />
                <div className="min-w-0 wrap-anywhere">
                  <QrCaption of={i} />
                </div>
              </li>
            ),
        )}
      </ul>
      <div className="no-print">{children}</div>
    </main>
  );
}
