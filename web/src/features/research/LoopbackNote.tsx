// Warns if links only open on this computer, and says what to change.
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { queries } from "../../api/queries";

export function LoopbackNote({ className = "" }: { className?: string }) {
  const me = useQuery(queries.me()).data;
  if (!me?.publicUrlIsLoopback) return null;
  return (
    <p
      role="note"
      className={`flex items-start gap-2.5 rounded-xl border border-control bg-raised p-3 text-start text-ink ${className}`}
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-5 shrink-0" />
      <span className="min-w-0 wrap-anywhere">
        {`Links and codes only open on this computer, because the server's address is ${location.origin}. To use a phone, restart the server with `}
        <code>BIND=0.0.0.0:8080</code> and <code>PUBLIC_URL</code> set to this computer's address in your network, such
        as <code>http://192.168.1.20:8080</code>.
      </span>
    </p>
  );
}
