// Search and role filter of the user list. Both are kept in the URL.
import { Search } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useSearchParams } from "react-router";
import { Button } from "../../ui/Button";
import { inputLook, selectLook } from "../../ui/Field";
import { withChoices } from "../../ui/staff/url-state";
import type { Role } from "./users";

export function UserFilter({ role }: { role: Role | undefined }) {
  const [query, setQuery] = useSearchParams();
  const search = query.get("search") ?? "";
  const [{ typed, from }, type] = useState({ typed: search, from: search });
  // The Back button changes the URL while the box stays.
  if (from !== search) type({ typed: search, from: search });
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setQuery(withChoices(query, { search: typed }));
  };
  return (
    <form aria-label="Find people" onSubmit={find} className="mb-5 flex flex-wrap items-end gap-3">
      <label className="min-w-0 grow basis-60 sm:max-w-80">
        <span className="mb-1 block font-medium">Name or email</span>
        <input
          type="search"
          value={typed}
          onChange={(event) => type({ typed: event.target.value, from })}
          maxLength={200}
          className={inputLook}
        />
      </label>
      <Button look="tool" type="submit" className="min-h-11">
        <Search aria-hidden className="size-4" /> Search
      </Button>
      <label className="min-w-0 basis-64">
        <span className="mb-1 block font-medium">Role</span>
        <select
          value={role ?? ""}
          onChange={(event) => setQuery(withChoices(query, { role: event.target.value }))}
          className={selectLook}
        >
          <option value="">Everyone with an account</option>
          <option value="USER">Users</option>
          <option value="STAFF">Researchers</option>
          <option value="ADMIN">Administrators</option>
          <option value="GUEST">Guests</option>
        </select>
      </label>
    </form>
  );
}
