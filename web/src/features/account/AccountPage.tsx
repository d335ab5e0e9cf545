// `/account`: who one is here, all that is kept, and how to be rid of it.
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { can } from "../../api/can";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { Refused } from "../../shell/Refused";
import { roles } from "../../shell/who";
import { buttonLook } from "../../ui/Button";
import { Card, FactList } from "../../ui/Card";
import { PageHeading } from "../../ui/PageHeading";
import { Skeleton } from "../../ui/Skeleton";
import { EraseMe } from "./EraseMe";
import { SignIns } from "./SignIns";

export default function AccountPage() {
  const me = useQuery(queries.me());
  if (me.error) return <Refused problem={problemOf(me.error)} onRetry={() => void me.refetch()} />;
  return (
    <main id="main" className="mx-auto w-full max-w-2xl px-4 py-6 sm:px-5 sm:py-10">
      <PageHeading title="Your data" className="mb-6 text-[2rem] leading-[1.1] font-bold" />
      {me.data ? <Everything me={me.data} /> : <Skeleton />}
    </main>
  );
}

function Everything({ me }: { me: Schemas["Me"] }) {
  return (
    <div className="space-y-4">
      <Card title="Who you are here">
        {me.guest ? (
          <p>
            A guest, without a name or an address. This device knows you by the invitation that you opened on it; your
            conversations belong to that invitation.
          </p>
        ) : (
          <FactList
            facts={[
              ["Name", me.name ?? "None: this is the server's own account"],
              ["E-mail", me.email ?? "None"],
              ["Role", roles[me.role]],
            ]}
          />
        )}
      </Card>
      {me.oidc && !me.guest && <SignIns me={me} />}
      <Card title="Take it along">
        <p className="mb-4">
          A file with all that is kept of you: every conversation with every word of it, when it was said, and what it
          used.
        </p>
        {/* A link and not a request of ours: browsers inside other apps save nothing else. */}
        <a href="/api/me/export" download="conversation-coach.json" className={buttonLook("plain")}>
          <Download aria-hidden className="size-4" /> Download everything
        </a>
      </Card>
      <Card title="Delete it">
        {can.administer(me) ? (
          <p>
            You are an administrator, and an administrator hands over the role first. Ask another administrator to
            change your role, then come back here.
          </p>
        ) : (
          <EraseMe me={me} />
        )}
      </Card>
    </div>
  );
}
