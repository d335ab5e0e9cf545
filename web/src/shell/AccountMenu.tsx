// The account menu: the current user, links to their pages, and the sign-out button.
import { useRef } from "react";
import { Link } from "react-router";
import type { Schemas } from "../api/client";
import { can } from "../api/permissions";
import { paths } from "../paths";
import { Button, buttonLook } from "../ui/Button";
import { ThemeChoice } from "../ui/ThemeButton";
import { roleLabels, signOut } from "./current-user";

export function AccountMenu({ me }: { me: Schemas["Me"] }) {
  const menu = useRef<HTMLDivElement>(null);
  const places: [name: string, to: string, look: string][] = [
    // On wider screens this link is in the header.
    ...(can.administer(me) ? [["Administration", paths.admin(), "sm:hidden"] as [string, string, string]] : []),
    [me.guest ? "Your data" : "Your account and data", paths.account(), ""],
  ];
  return (
    <div
      ref={menu}
      popover="auto"
      id="account"
      className="scroll-y fixed inset-auto top-14 right-2 max-h-[calc(100dvh-4.5rem)] w-64 max-w-[calc(100vw-1rem)] rounded-2xl border border-line bg-raised p-4 text-ink shadow-raise"
    >
      <p className="font-semibold wrap-anywhere" dir="auto">
        {me.name ?? (me.guest ? "Guest" : "You")}
      </p>
      {me.email && <p className="truncate text-sm text-muted">{me.email}</p>}
      <p className="mb-2 text-sm text-muted">{roleLabels[me.role]}</p>
      <ul className="-mx-2 mb-3 border-y border-line py-1">
        {places.map(([name, to, look]) => (
          <li key={to} className={look}>
            <Link
              to={to}
              onClick={() => menu.current?.hidePopover()}
              className="flex min-h-11 items-center rounded-lg px-2 hover:bg-surface hover:text-brand"
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
      {me.guest && me.oidc && (
        <Link to={paths.login()} className={buttonLook("plain", "mb-2 w-full")}>
          Keep my conversations
        </Link>
      )}
      <ThemeChoice className="mb-2 w-full sm:hidden" />
      <Button className="w-full" onClick={signOut}>
        Sign out
      </Button>
      {me.guest && (
        <p className="mt-2 text-sm text-muted">To come back on this device, open your invitation link again.</p>
      )}
    </div>
  );
}
