// The first page after signing in: the one that was asked for, or else the desk for researchers.
import { can } from "../../api/permissions";
import { queries, queryClient } from "../../api/queries";
import { paths } from "../../paths";

export async function landingPage(next: string): Promise<string> {
  if (next !== paths.home()) return next;
  try {
    return can.invite(await queryClient.fetchQuery(queries.me())) ? paths.desk() : next;
  } catch {
    return next;
  }
}
