// Entries of the audit log: who, what, when, from where.
import { Link } from "react-router";
import { paths } from "../../paths";
import { Cell, RowName, Table, TableRow } from "../../ui/staff/Table";
import { Time } from "../../ui/staff/Time";
import { auditSentence, type Entry, namesSubject } from "./audit-text";
import { actorName, objectName } from "./object-name";

type Props = {
  entries: Entry[];
  /** All entries belong to one user, so the actor's column is omitted. */
  ofOne?: boolean;
};

export function AuditTable({ entries, ofOne = false }: Props) {
  return (
    <Table caption="The audit log, newest first" columns={[...(ofOne ? [] : ["Who"]), "What", "When", "From"]}>
      {entries.map((entry) => (
        <Line key={entry.id} entry={entry} ofOne={ofOne} />
      ))}
    </Table>
  );
}

const link = "underline decoration-line underline-offset-4 hover:text-brand hover:decoration-current";

type LineProps = { entry: Entry; ofOne: boolean };

function Line({ entry, ofOne }: LineProps) {
  return (
    <TableRow>
      {ofOne ? (
        <RowName>
          <span className="inline-block font-normal first-letter:uppercase">
            <What entry={entry} />
          </span>
        </RowName>
      ) : (
        <>
          <RowName>
            <span className="block @3xl:min-w-44">
              <Who entry={entry} />
            </span>
          </RowName>
          <Cell>
            <What entry={entry} />
          </Cell>
        </>
      )}
      <Cell beside className="text-muted @3xl:whitespace-nowrap">
        <Time iso={entry.at} />
      </Cell>
      <Cell beside name="from" className="text-muted">
        <span className="inline-block @3xl:min-w-28">{entry.address ?? "unknown"}</span>
      </Cell>
    </TableRow>
  );
}

function Who({ entry }: { entry: Entry }) {
  if (!entry.actor) return "A visitor";
  return (
    <Link to={paths.audit(entry.actor)} className="hover:text-brand hover:underline">
      {actorName(entry)}
    </Link>
  );
}

function What({ entry }: { entry: Entry }) {
  const { before, after } = auditSentence(entry);
  const subject = entry.subject && namesSubject(entry) ? objectName(entry.subject) : undefined;
  return (
    <>
      {before}
      {subject?.to ? (
        <Link to={subject.to} className={link}>
          {subject.name}
        </Link>
      ) : (
        subject?.name
      )}
      {after}
    </>
  );
}
