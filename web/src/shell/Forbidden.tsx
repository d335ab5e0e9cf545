// The page for users who lack the role that a page requires.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { queries } from "../api/queries";
import { paths } from "../paths";
import { Button, buttonLook } from "../ui/Button";
import { FullPage } from "../ui/FullPage";
import { nameOf, roleLabels, signOut } from "./current-user";

export function Forbidden() {
  const me = useQuery(queries.me()).data;
  return (
    <FullPage title="You don't have access to this page">
      <p>
        {me && <span>{`You're signed in as ${nameOf(me)} (${roleLabels[me.role].toLowerCase()}). `}</span>}
        <span>An administrator can give you access.</span>
      </p>
      <div className="flex flex-wrap gap-3">
        <Link to={paths.home()} className={buttonLook("primary")}>
          Go to the start page
        </Link>
        <Button onClick={signOut}>Sign out</Button>
      </div>
    </FullPage>
  );
}
