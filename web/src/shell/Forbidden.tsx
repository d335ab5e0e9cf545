// Signed in, but not as somebody who may see this.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { queries } from "../api/queries";
import { paths } from "../paths";
import { Button, buttonLook } from "../ui/Button";
import { FullPage } from "../ui/FullPage";
import { nameOf, roles, signOut } from "./who";

export function Forbidden() {
  const me = useQuery(queries.me()).data;
  return (
    <FullPage title="This page is not for your account">
      <p>
        {me && `You are signed in as ${nameOf(me)}. `}Your role, {me ? roles[me.role].toLowerCase() : "as it is now"},
        does not include this page. An administrator can change that.
      </p>
      <div className="flex flex-wrap gap-3">
        <Link to={paths.home()} className={buttonLook("primary")}>
          To the start page
        </Link>
        <Button onClick={signOut}>Sign out</Button>
      </div>
    </FullPage>
  );
}
