// Entries of the audit log: who, what, when, from where.
import { Link } from "react-router";
import { paths } from "../../paths";
import { Cell, Row, RowName, Table } from "../../ui/staff/Table";
import { Time } from "../../ui/staff/Time";
import { type Entry, inWords, namesSubject } from "./deeds";
import { useNames } from "./use-names";

type Props = {
  entries: Entry[];
  /** All entries are of the person whom the page is about. */
  ofOne?: boolean;
};

export function AuditTable({ entries, ofOne = false }: Props) {
  const names = useNames();
  return (
    <Table caption="The audit log, newest first" columns={[...(ofOne ? [] : ["Who"]), "What", "When", "From"]}>
      {entries.map((entry) => (
        <Line key={entry.id} entry={entry} names={names} ofOne={ofOne} />
      ))}
    </Table>
  );
}

const link = "underline decoration-line underline-offset-4 hover:text-brand hover:decoration-current";

type LineProps = { entry: Entry; names: ReturnType<typeof useNames>; ofOne: boolean };

function Line({ entry, names, ofOne }: LineProps) {
  return (
    <Row>
      {ofOne ? (
        <RowName>
          <span className="inline-block font-normal first-letter:uppercase">
            <What entry={entry} names={names} />
          </span>
        </RowName>
      ) : (
        <>
          <RowName>
            <span className="block md:min-w-44">
              <Who entry={entry} names={names} />
            </span>
          </RowName>
          <Cell>
            <What entry={entry} names={names} />
          </Cell>
        </>
      )}
      <Cell beside className="text-muted md:whitespace-nowrap">
        <Time iso={entry.at} />
      </Cell>
      <Cell beside name="from" className="text-muted">
        <span className="inline-block md:min-w-28">{entry.address ?? "unknown"}</span>
      </Cell>
    </Row>
  );
}

function Who({ entry, names }: Omit<LineProps, "ofOne">) {
  if (!entry.actor) return "Someone who is not signed in";
  return (
    <Link to={paths.audit(entry.actor)} className="hover:text-brand hover:underline">
      {entry.actorName ?? names.person(entry.actor)}
    </Link>
  );
}

function What({ entry, names }: Omit<LineProps, "ofOne">) {
  const { before, after } = inWords(entry);
  const subject = entry.subject && namesSubject(entry) ? names.subject(entry.subject) : undefined;
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
