// The page works only at the address that the server was set up for: at any other one the server refuses its messages.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { queries } from "../api/queries";
import { buttonLook } from "../ui/Button";
import { FullPage } from "../ui/FullPage";
import { urlAtPublicOrigin } from "./public-url";

/** Shows the page, or where to open it. */
export function PublicUrlGuard({ children }: { children: ReactNode }) {
  const right = urlAtPublicOrigin(location, useQuery(queries.signInOptions()).data?.publicUrl);
  // The development server has an address of its own and passes everything on.
  if (right === undefined || import.meta.env.DEV) return children;
  return (
    <FullPage title="This page has another address">
      <p>{`Conversation Coach doesn't work at ${location.origin}. Open it at ${new URL(right).origin}.`}</p>
      <a href={right} className={buttonLook("primary", "self-start")}>
        Open it there
      </a>
    </FullPage>
  );
}
