// The page works only at the server's PUBLIC_URL: from any other address, the server refuses its requests.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { queries } from "../api/queries";
import { buttonLook } from "../ui/Button";
import { FullPage } from "../ui/FullPage";
import { urlAtPublicOrigin } from "./public-url";

/** Shows the page, or a link to the right address. */
export function PublicUrlGuard({ children }: { children: ReactNode }) {
  const right = urlAtPublicOrigin(location, useQuery(queries.signInOptions()).data?.publicUrl);
  // The development server has its own address and proxies all requests.
  if (right === undefined || import.meta.env.DEV) return children;
  return (
    <FullPage title="Open this page at another address">
      <p>{`Conversation Coach doesn't work at ${location.origin}. Open it at ${new URL(right).origin}.`}</p>
      <a href={right} className={buttonLook("primary", "self-start")}>
        Open it there
      </a>
    </FullPage>
  );
}
