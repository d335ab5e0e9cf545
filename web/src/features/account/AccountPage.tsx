// `/account`: the user's account, and the download and deletion of their data.
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { Schemas } from "../../api/client";
import { can } from "../../api/permissions";
import { queries } from "../../api/queries";
import { roleLabels } from "../../shell/current-user";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { loadError } from "../../shell/load-error";
import { buttonLook } from "../../ui/Button";
import { Card, FactList } from "../../ui/Card";
import { PageHeading } from "../../ui/PageHeading";
import { Skeleton } from "../../ui/Skeleton";
import { DeleteMyData } from "./DeleteMyData";
import { SignIns } from "./SignIns";

export default function AccountPage() {
  const me = useQuery(queries.me());
  const failure = loadError(me);
  if (failure) return <LoadErrorPage {...failure} />;
  return (
    <main id="main" className="mx-auto w-full max-w-2xl px-4 py-6 sm:px-5 sm:py-10">
      <PageHeading title="Your data" className="mb-6 text-[2rem] leading-[1.1] font-bold" />
      {me.data ? <AccountCards me={me.data} /> : <Skeleton />}
    </main>
  );
}

function AccountCards({ me }: { me: Schemas["Me"] }) {
  return (
    <div className="space-y-4">
      <Card title="Your account">
        {me.guest ? (
          <p>
            You are a guest, so we don't know your name or email address. This device is linked to the invitation you
            opened, and your conversations belong to that invitation.
          </p>
        ) : (
          <FactList
            facts={[
              ["Name", me.name ?? "None (the server's built-in account)"],
              ["Email", me.email ?? "None"],
              ["Role", roleLabels[me.role]],
            ]}
          />
        )}
      </Card>
      {me.oidc && !me.guest && <SignIns me={me} />}
      <Card title="Download your data">
        <p className="mb-4">
          Get everything we store about you in one file: all of your conversations, when each message was sent, and your
          usage.
        </p>
        {/* A plain link, because in-app browsers can't save what a script fetched. */}
        <a href="/api/me/export" download="conversation-coach.json" className={buttonLook("plain")}>
          <Download aria-hidden className="size-4" /> Download your data
        </a>
      </Card>
      <Card title="Delete your data">
        {can.administer(me) ? (
          <p>
            Administrators can't delete their own account. Ask another administrator to change your role, then come back
            here.
          </p>
        ) : (
          <DeleteMyData me={me} />
        )}
      </Card>
    </div>
  );
}
