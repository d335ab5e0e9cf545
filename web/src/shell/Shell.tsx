// The frame around every page except the conversation: skip link, brand, navigation and theme button.
import { useQuery } from "@tanstack/react-query";
import { CircleUser } from "lucide-react";
import { Link, NavLink, Outlet } from "react-router";
import { can } from "../api/permissions";
import { queries } from "../api/queries";
import { paths } from "../paths";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { ThemeButton } from "../ui/ThemeButton";
import { AccountMenu } from "./AccountMenu";
import { SkipLink } from "./SkipLink";

const place =
  "inline-flex min-h-11 items-center rounded-full px-3 font-medium text-muted hover:text-ink aria-[current=page]:text-brand";

export function Shell() {
  const me = useQuery(queries.me()).data;
  return (
    <div className="group/page flex min-h-dvh flex-col">
      <SkipLink />
      <header data-region="" tabIndex={-1} className="no-print border-b border-line bg-surface">
        <div className="mx-auto flex max-w-5xl flex-wrap group-has-[[data-wide]]/page:max-w-none items-center gap-x-2 px-3 py-1.5 sm:px-5">
          <Link to={paths.home()} className="mr-auto flex min-h-11 min-w-0 items-center gap-2.5 font-semibold">
            <img src="/favicon.svg" alt="" className="size-6" />
            <span className={me && can.invite(me) ? "max-sm:sr-only" : ""}>Conversation Coach</span>
          </Link>
          {me && can.invite(me) && (
            <nav aria-label="Main" className="flex min-w-0 flex-wrap">
              <NavLink to={paths.desk()} end className={place}>
                Desk
              </NavLink>
              <NavLink to={paths.invitations()} className={place}>
                Invitations
              </NavLink>
              {can.administer(me) && (
                <NavLink to={paths.admin()} className={`${place} max-sm:hidden`}>
                  Administration
                </NavLink>
              )}
            </nav>
          )}
          <ThemeButton className={me ? "max-sm:hidden" : ""} />
          {me && (
            <>
              <button
                type="button"
                aria-label="Your account"
                popoverTarget="account"
                className="inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-full px-2 font-medium text-muted hover:text-ink"
              >
                <CircleUser aria-hidden className="size-5" />
                <span className="max-sm:sr-only">Account</span>
              </button>
              <AccountMenu me={me} />
            </>
          )}
        </div>
      </header>
      <div data-region="" tabIndex={-1} className="flex grow flex-col">
        <ErrorBoundary name="This page">
          <Outlet />
        </ErrorBoundary>
      </div>
    </div>
  );
}
