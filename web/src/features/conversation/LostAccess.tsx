// The host said no for good: signed out, not allowed any more, or erased.
import { useState } from "react";
import { Link, useLocation } from "react-router";
import type { Ending } from "../../live/socket";
import { paths } from "../../paths";
import { Refused } from "../../shell/Refused";
import { buttonLook } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

const status: Record<Exclude<Ending, "login">, number> = { forbidden: 403, missing: 404, gone: 410 };

export function LostAccess({ ending }: { ending: Ending }) {
  const here = useLocation().pathname;
  // Closed, the page stays for reading and copying; the message box says how to get back.
  const [open, setOpen] = useState(true);
  if (ending !== "login") {
    const title = "This conversation is no longer here.";
    return <Refused problem={{ type: "about:blank", title, status: status[ending], code: ending }} />;
  }
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Please sign in again">
      <p className="mb-4">Your sign-in has run out. What you wrote is kept on this device.</p>
      <SignInAgain next={here} className={buttonLook("primary", "w-full")} />
      <p className="mt-3 text-muted">Taking part in a study? Open your invitation link once more, in this tab.</p>
    </Dialog>
  );
}

export const SignInAgain = ({ next, className }: { next: string; className: string }) => (
  <Link to={paths.login(next)} className={className}>
    Sign in again
  </Link>
);
