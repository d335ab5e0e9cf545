// The identities of an account at sign-in providers.
import { BadgeCheck } from "lucide-react";
import type { User } from "./users";

export function Identities({ user }: { user: User }) {
  const identities = user.identities ?? [];
  if (identities.length === 0)
    return (
      <p className="text-muted">
        {user.role === "GUEST"
          ? "With their invitation link, on the device that opened it."
          : "With the link that the server prints. No sign-in provider is connected."}
      </p>
    );
  return (
    <ul className="space-y-3">
      {identities.map((identity) => (
        <li key={`${identity.issuer} ${identity.subject}`} className="min-w-0 wrap-anywhere">
          <p>{providerOf(identity.issuer)}</p>
          {identity.email && (
            <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-muted">
              {identity.email}
              {identity.emailVerified ? (
                <span className="inline-flex items-center gap-1 text-ok">
                  <BadgeCheck aria-hidden className="size-4" /> verified
                </span>
              ) : (
                <span>not verified</span>
              )}
            </p>
          )}
          <p className="font-mono text-xs text-muted">{identity.subject}</p>
        </li>
      ))}
    </ul>
  );
}

/** Returns a provider's host name, which is easier to read than its URL. */
function providerOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}
