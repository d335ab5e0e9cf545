// The account's sign-ins, with a button to add another one in case the first is lost.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { Card } from "../../ui/Card";
import { AddSignIn } from "../auth/AddSignIn";

export function SignIns({ me }: { me: Schemas["Me"] }) {
  const ways = useQuery(queries.signInOptions()).data;
  return (
    <Card title="How you sign in">
      {me.identities.length === 0 ? (
        <p className="mb-4">You sign in with the link that the server prints. No sign-in provider is connected yet.</p>
      ) : (
        <ul aria-label="Your sign-ins" className="mb-4 space-y-1">
          {me.identities.map((host, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two accounts at one provider have the same name
            <li key={i} className="wrap-anywhere">
              {host}
            </li>
          ))}
        </ul>
      )}
      <p className="mb-4 text-muted">
        Add another sign-in to use either one. To add a second account at the same provider, sign out there first.
      </p>
      {ways?.oidc && <AddSignIn issuer={ways.issuer} next={paths.account()} />}
    </Card>
  );
}
