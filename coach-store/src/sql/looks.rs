//! Looks at conversations of others.

/// All columns of looks, for the rows selected by the rest of the statement.
macro_rules! look {
    ($rest:literal) => {
        concat!(
            "
        SELECT l.id, l.conversation_id, l.actor_id, l.address, l.since, l.seen_at
        FROM looks AS l
",
            $rest
        )
    };
}

statements! {
    BEGIN_LOOK = "
        INSERT INTO looks (id, conversation_id, actor_id, address, since, seen_at, lease_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING", postgres = "
        INSERT INTO looks (id, conversation_id, actor_id, address, since, seen_at, lease_until)
        VALUES (
            $1, $2, $3, $4, $5, $6, $7 + (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        )
        ON CONFLICT DO NOTHING";

    RENEW_LOOK = "UPDATE looks SET seen_at = $2, lease_until = $3 WHERE id = $1", postgres = "
        UPDATE looks SET
            seen_at = $2,
            lease_until = $3 + (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        WHERE id = $1";

    // Also locks the row where transactions run side by side.
    LOOK = look!("        WHERE l.id = $1"), postgres = look!("        WHERE l.id = $1 FOR UPDATE");

    END_LOOK = "DELETE FROM looks WHERE id = $1";

    // Another process may end or renew the same ones. There are only as many as researchers are watching.
    EXPIRED_LOOKS = look!("        WHERE l.lease_until <= $1"), postgres = look!("
        WHERE l.lease_until <= $1 + (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        FOR UPDATE SKIP LOCKED");

    ALL_LOOKS = look!(""), postgres = look!("        FOR UPDATE SKIP LOCKED");

    LOOKS_OF = "
        SELECT l.id, l.conversation_id, l.actor_id, l.address, l.since, l.seen_at
        FROM json_each($1) AS wanted
        CROSS JOIN looks AS l ON l.conversation_id = unhex(wanted.value)", postgres = look!("
        WHERE l.conversation_id = ANY ($1)");

    LAST_READ = "SELECT at FROM audited_reads WHERE actor_id = $1 AND conversation_id = $2";

    SAVE_READ = "
        INSERT INTO audited_reads (actor_id, conversation_id, at)
        VALUES ($1, $2, $3)
        ON CONFLICT (actor_id, conversation_id) DO UPDATE SET at = excluded.at";
}
