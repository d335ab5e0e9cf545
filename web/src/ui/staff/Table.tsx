// A responsive table: shown as cards if there isn't enough room for columns.
import type { ReactNode } from "react";

type Props = { caption: string; columns: string[]; children: ReactNode };

export function Table({ caption, columns, children }: Props) {
  return (
    <div className="@container">
      <table className="w-full text-left">
        <caption className="sr-only">{caption}</caption>
        <thead className="text-sm text-muted @max-3xl:hidden">
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
    </div>
  );
}

/** A positioned container, because a link may cover the row. WebKit ignores `position` on rows, but not `transform`. */
export function TableRow({ children }: { children: ReactNode }) {
  return (
    <tr className="transform-[translate(0)] hover:bg-surface @max-3xl:mb-3 @max-3xl:block @max-3xl:rounded-2xl @max-3xl:border @max-3xl:border-line @max-3xl:bg-raised @max-3xl:p-4">
      {children}
    </tr>
  );
}

const cell = "@3xl:border-t @3xl:border-line @3xl:px-3 @3xl:py-3 @max-3xl:py-0.5 wrap-anywhere";

/** The row's header cell. */
export function RowName({ children }: { children: ReactNode }) {
  return (
    <th scope="row" className={`${cell} font-semibold @max-3xl:block`}>
      {children}
    </th>
  );
}

type CellProps = {
  /** Repeats the column's name in cards. */
  name?: string;
  /** In a card, stays on the same line as the cell before. */
  beside?: boolean;
  children: ReactNode;
  className?: string;
};

export function Cell({ name, beside = false, children, className = "" }: CellProps) {
  return (
    <td className={`${cell} ${beside ? "@max-3xl:inline-block @max-3xl:pr-3" : "@max-3xl:block"} ${className}`}>
      {name && <span className="text-muted @3xl:hidden">{name} </span>}
      {children}
    </td>
  );
}
