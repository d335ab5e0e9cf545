// The page's only h1, which also sets the document title.
import type { ReactNode } from "react";
import { usePageFocus } from "./use-page-focus";

type Props = { title: string; children?: ReactNode; className?: string };

export function PageHeading({ title, children, className = "text-[1.375rem] leading-tight font-semibold" }: Props) {
  const ref = usePageFocus();
  return (
    <>
      <title>{`${title} · Conversation Coach`}</title>
      <h1 ref={ref} tabIndex={-1} className={`min-w-0 ${className}`}>
        {children ?? title}
      </h1>
    </>
  );
}
