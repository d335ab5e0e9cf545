// `/research/invitations/codes`: the codes of the invitations that a list shows and nobody has opened, eight on a sheet.
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, Printer } from "lucide-react";
import { QRCodeSVG } from "qrcode.react";
import { Link, useSearchParams } from "react-router";
import { problemOf } from "../../api/client";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { Refused } from "../../shell/Refused";
import { Button } from "../../ui/Button";
import { PageHeading } from "../../ui/PageHeading";
import { Skeleton } from "../../ui/Skeleton";
import { given } from "../../ui/staff/url-state";
import { matching } from "./status";

export default function CodesPage() {
  const [query] = useSearchParams();
  const list = useQuery(queries.invitations(given({ cursor: query.get("cursor") })));
  if (list.error) return <Refused problem={problemOf(list.error)} onRetry={() => void list.refetch()} />;
  const found = matching(list.data?.items ?? [], query.get("search") ?? "", "open")
    .filter((i) => i.url)
    .reverse();
  return (
    <main id="main" className="mx-auto w-full max-w-5xl px-4 py-6 sm:px-5 print:max-w-none print:p-0">
      <div className="no-print mb-5">
        <Link
          to={`${paths.invitations()}?${query}`}
          className="mb-2 inline-flex min-h-10 items-center gap-1 text-sm text-muted hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-4" /> To the list
        </Link>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <PageHeading title="Codes to print" />
          <Button look="act" onClick={() => print()}>
            <Printer aria-hidden className="size-4" /> Print
          </Button>
        </div>
        <p className="mt-1 text-muted">
          {list.isPending ? "" : `${found.length} that nobody has opened yet, eight on a page, to be cut apart.`}
        </p>
      </div>
      {list.isPending && <Skeleton />}
      {/* Black on white in either theme, and on paper: many scanners do not read the inverse. */}
      <ul className="grid grid-cols-1 gap-3 text-black sm:grid-cols-2 print:grid-cols-2 print:gap-0">
        {found.map((i) => (
          <li
            key={i.id}
            className="flex min-w-0 items-center gap-4 rounded-2xl border border-line bg-white p-4 print:h-[66mm] print:break-inside-avoid print:rounded-none print:border-dashed print:nth-[8n]:break-after-page"
          >
            <QRCodeSVG
              value={i.url ?? ""}
              title={`QR code of the invitation ${i.label}`}
              marginSize={2}
              className="h-auto w-2/5 max-w-40 shrink-0 print:w-[42mm] print:max-w-none"
            />
            <div className="min-w-0 wrap-anywhere">
              <p className="font-semibold">{i.label}</p>
              <p className="mt-1 font-mono text-xs">{i.url}</p>
            </div>
          </li>
        ))}
      </ul>
    </main>
  );
}
