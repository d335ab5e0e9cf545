// The sign-ins of an account, and one more: whoever loses one still gets in with another.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { Card } from "../../ui/Card";
import { AddSignIn } from "../auth/AddSignIn";

export function SignIns({ me }: { me: Schemas["Me"] }) {
  const ways = useQuery(queries.waysIn()).data;
  return (
    <Card title="How you sign in">
      {me.identities.length === 0 ? (
        <p className="mb-4">By the link that the server prints. No provider is linked yet.</p>
      ) : (
        <ul aria-label="Your sign-ins" className="mb-4 space-y-1">
          {me.identities.map((host, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two accounts at one provider bear the same name
            <li key={i} className="wrap-anywhere">
              {host}
            </li>
          ))}
        </ul>
      )}
      <p className="mb-4 text-muted">
        Add another sign-in, and you get in with any of them. To add a second one of the same provider, sign out there
        first.
      </p>
      {ways?.oidc && <AddSignIn issuer={ways.issuer} next={paths.account()} />}
    </Card>
  );
}
