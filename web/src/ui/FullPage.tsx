// A page with a single message, such as not found, no access or expired.
import type { ReactNode } from "react";
import { PageHeading } from "./PageHeading";

type Props = { title: string; children: ReactNode };

export function FullPage({ title, children }: Props) {
  return (
    <main
      id="main"
      className="mx-auto flex w-full min-h-[70dvh] max-w-xl flex-col justify-center gap-4 px-5 py-10 wrap-anywhere"
    >
      <PageHeading title={title} className="text-[2rem] leading-[1.1] font-bold text-balance" />
      {children}
    </main>
  );
}
