// `/`: the welcome page for visitors, the list of conversations and scenarios for signed-in users.
import { useQuery } from "@tanstack/react-query";
import { problemOf } from "../../api/client";
import { queries } from "../../api/queries";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { Skeleton } from "../../ui/Skeleton";
import { SignedInHome } from "./SignedInHome";
import { Welcome } from "./Welcome";

export default function HomePage() {
  const me = useQuery(queries.me());
  if (me.data) return <SignedInHome me={me.data} />;
  if (me.isPending)
    return (
      <main className="mx-auto w-full max-w-3xl p-5">
        <Skeleton />
      </main>
    );
  const problem = problemOf(me.error);
  return problem.status === 401 ? <Welcome /> : <LoadErrorPage problem={problem} onRetry={() => void me.refetch()} />;
}
