// Rows of facts: a table where there is room, cards where there is not.
import type { ReactNode } from "react";

type Props = { caption: string; columns: string[]; children: ReactNode };

export function Table({ caption, columns, children }: Props) {
  return (
    <table className="w-full text-left">
      <caption className="sr-only">{caption}</caption>
      <thead className="text-sm text-muted max-md:hidden">
        <tr className="[&>th]:px-3 [&>th]:pb-2 [&>th]:font-medium">
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

export function Row({ children }: { children: ReactNode }) {
  return (
    <tr className="relative hover:bg-surface max-md:mb-3 max-md:block max-md:rounded-2xl max-md:border max-md:border-line max-md:bg-raised max-md:p-4">
      {children}
    </tr>
  );
}

const cell = "md:border-t md:border-line md:px-3 md:py-3 max-md:py-0.5 wrap-anywhere";

/** What a row is about. */
export function RowName({ children }: { children: ReactNode }) {
  return (
    <th scope="row" className={`${cell} font-semibold max-md:block`}>
      {children}
    </th>
  );
}

type CellProps = {
  /** Repeats the column's where there are no columns. */
  name?: string;
  /** In a card, stands beside what comes before it. */
  beside?: boolean;
  children: ReactNode;
  className?: string;
};

export function Cell({ name, beside = false, children, className = "" }: CellProps) {
  return (
    <td className={`${cell} ${beside ? "max-md:inline-block max-md:pr-3" : "max-md:block"} ${className}`}>
      {name && <span className="text-muted md:hidden">{name} </span>}
      {children}
    </td>
  );
}
