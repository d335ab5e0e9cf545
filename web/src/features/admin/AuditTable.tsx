// Lines of the audit log: who, what, when, from where.
import { Link } from "react-router";
import { paths } from "../../paths";
import { Cell, Row, RowName, Table } from "../../ui/Table";
import { Time } from "../../ui/Time";
import { type Entry, inWords, namesSubject } from "./deeds";
import { useNames } from "./use-names";

export function AuditTable({ entries }: { entries: Entry[] }) {
  const names = useNames();
  return (
    <Table caption="The audit log, newest first" columns={["Who", "What", "When", "From"]}>
      {entries.map((entry) => (
        <Line key={entry.id} entry={entry} names={names} />
      ))}
    </Table>
  );
}

const link = "underline decoration-line underline-offset-4 hover:text-brand hover:decoration-current";

function Line({ entry, names }: { entry: Entry; names: ReturnType<typeof useNames> }) {
  const { before, after } = inWords(entry);
  const subject = entry.subject && namesSubject(entry) ? names.subject(entry.subject) : undefined;
  return (
    <Row>
      <RowName>
        {entry.actor ? (
          <Link to={paths.audit(entry.actor)} className="hover:text-brand hover:underline">
            {entry.actorName ?? names.person(entry.actor)}
          </Link>
        ) : (
          "Somebody"
        )}
      </RowName>
      <Cell>
        {before}
        {subject?.to ? (
          <Link to={subject.to} className={link}>
            {subject.name}
          </Link>
        ) : (
          subject?.name
        )}
        {after}
      </Cell>
      <Cell className="text-muted md:whitespace-nowrap">
        <Time iso={entry.at} />
      </Cell>
      <Cell name="From" className="text-sm text-muted">
        {entry.address ?? "not known"}
      </Cell>
    </Row>
  );
}
