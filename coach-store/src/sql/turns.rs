//! Open turns and their ends. Every write of an owner checks the fence.

use super::locks::lock_payer;

/// The facts of turns, for the rows selected by the rest of the statement.
macro_rules! turn {
    ($($rest:tt)+) => {
        concat!(
            "
        SELECT
            id, conversation_id, number, aside, is_open, fence, attempt_id, reply_id, owed, message_id,
            (SELECT max(id) FROM messages WHERE turn_id = turns.id AND role = 'partner') AS newest_partner,
            (SELECT max(id) FROM messages WHERE turn_id = turns.id AND role = 'coach') AS newest_coach
        FROM turns
",
            $($rest)+
        )
    };
}

/// What a conversation may still spend, with further columns.
macro_rules! funds {
    ($lock:expr, $columns:literal, $balances:literal, $allowances:literal, $joins:literal) => {
        concat!(
            $lock,
            "
        SELECT
            coalesce(b.quota, p.tokens) AS quota, coalesce(b.used, a.used + a.carried) AS used,
            coalesce(b.reserved, a.reserved) AS reserved, c.turns_ceiling",
            $columns,
            "
        FROM conversations AS c
        LEFT JOIN ",
            $balances,
            " AS b ON b.invitation_id = c.invitation_id
        LEFT JOIN ",
            $allowances,
            " AS a ON c.allowance AND a.user_id = c.owner_id
        LEFT JOIN quota_presets AS p ON c.allowance AND p.is_allowance
        ",
            $joins,
            "WHERE c.id = $1"
        )
    };
}

/// The instant of PostgreSQL's own clock, in microseconds. The statements for SQLite take theirs as a parameter,
/// by the clock of the process that holds the file.
macro_rules! now {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    };
}

pub(super) use now;

/// One message, with the rest of the statement.
macro_rules! message {
    ($lock:literal) => {
        concat!(
            "
        SELECT
            id, turn, role, aside, content, status, skip_reason, replaces_id, client_id,
            created_at, first_delta_at, done_at, finish_reason, model, input_tokens, cached_input,
            cache_write, output_tokens, reasoning
        FROM messages
        WHERE id = $1",
            $lock
        )
    };
}

statements! {
    // The heartbeats of many turns: `$1` are the turns. In SQLite their facts, which `RENEW` and `GROW` follow.
    //
    // PostgreSQL does all in this one statement, which is a transaction of its own: `$2` are the fences, `$4` the
    // messages and `$5` their texts; `$6` are the turns whose lease is renewed, `$7` the messages that have a text. It
    // waits for no row: what another transaction has locked is left out. A heartbeat that only saves a text locks
    // its message, which has the fence of its owner, and writes nothing of its turn. A text never shrinks, in case
    // an earlier statement, whose connection was given up, runs after a later one. The setting is read at the commit.
    // The lists are joined to each other before `turns`: after it, PostgreSQL expects one row and compares each with
    // each.
    BEAT = "
        SELECT turns.id, FALSE AS is_locked, turns.is_open, turns.fence, turns.reply_id, turns.stop
        FROM json_each($1) AS beat
        CROSS JOIN turns ON turns.id = unhex(beat.value)", postgres = concat!("
        WITH
            unsynced AS MATERIALIZED (
                SELECT set_config('synchronous_commit', 'OFF', TRUE)
            ),
            due AS MATERIALIZED (
                SELECT id, is_open, fence, reply_id, stop
                FROM turns
                WHERE id = ANY ($6::uuid[])
                FOR NO KEY UPDATE SKIP LOCKED
            ),
            growing AS MATERIALIZED (
                SELECT id, turn_id, fence, status, octet_length(content) AS length
                FROM messages
                WHERE id = ANY ($7::bigint[])
                FOR NO KEY UPDATE SKIP LOCKED
            ),
            beats AS MATERIALIZED (
                SELECT
                    beat.turn_id, beat.fence, beat.reply_id, beat.content,
                    due.id AS due_id, due.is_open, due.fence AS due_fence,
                    due.reply_id AS due_reply_id, due.stop,
                    growing.id AS growing_id,
                    growing.turn_id = beat.turn_id
                        AND growing.fence = beat.fence
                        AND growing.status = 'streaming'
                        AND growing.length < octet_length(beat.content) AS grows
                FROM unnest($1::uuid[], $2::bigint[], $4::bigint[], $5::text[])
                    AS beat (turn_id, fence, reply_id, content)
                LEFT JOIN due ON due.id = beat.turn_id
                LEFT JOIN growing ON growing.id = beat.reply_id
            ),
            found AS MATERIALIZED (
                SELECT
                    turns.id,
                    turns.is_open AND turns.fence = beats.fence AND (
                        beats.content IS NOT NULL AND beats.growing_id IS NULL
                        OR beats.due_id IS NULL AND beats.turn_id = ANY ($6::uuid[])
                    ) AS is_locked,
                    coalesce(beats.is_open, turns.is_open) AS is_open,
                    coalesce(beats.due_fence, turns.fence) AS fence,
                    coalesce(beats.due_reply_id, turns.reply_id) AS reply_id,
                    coalesce(beats.stop, turns.stop) AS stop,
                    beats.is_open AND beats.due_fence = beats.fence AS renews,
                    beats.grows, beats.growing_id, beats.content
                FROM beats
                JOIN turns ON turns.id = beats.turn_id
            ),
            renewed AS (
                UPDATE turns SET lease_until = $3 + ", now!(), "
                FROM found
                WHERE turns.id = found.id AND found.renews AND NOT found.is_locked
            ),
            grown AS (
                UPDATE messages SET content = found.content
                FROM found
                WHERE messages.id = found.growing_id AND found.grows AND NOT found.is_locked
            )
        SELECT found.id, found.is_locked, found.is_open, found.fence, found.reply_id, found.stop
        FROM found
        CROSS JOIN unsynced");

    // `$1` are turns.
    RENEW = "
        UPDATE turns SET lease_until = $2
        FROM json_each($1) AS due
        WHERE turns.id = unhex(due.value)", postgres = "";

    // `$1` are messages, `$2` their texts.
    GROW = "
        UPDATE messages SET content = $2 ->> grown.key
        FROM json_each($1) AS grown
        WHERE messages.id = grown.value AND messages.status = 'streaming'", postgres = "";

    // In PostgreSQL with the lock of its conversation, which comes first.
    TURN = turn!("
        WHERE id = $1"), postgres = concat!("
        WITH locked AS (
            SELECT id AS conversation FROM conversations
            WHERE id = (SELECT conversation_id FROM turns WHERE id = $1)
            FOR NO KEY UPDATE
        )", turn!("
        JOIN locked ON locked.conversation = turns.conversation_id
        WHERE id = $1
        FOR NO KEY UPDATE OF turns"));

    FINISH_MESSAGE = "
        UPDATE messages SET
            content = $2, status = $3, finish_reason = $4, model = $5, first_delta_at = $6,
            done_at = $7, timing = $8, input_tokens = $9, cached_input = $10, cache_write = $11,
            output_tokens = $12, reasoning = $13
        WHERE id = $1";

    NEXT_ANSWER = "
        UPDATE turns SET reply_id = $2, owed = $3, lease_until = $4
        WHERE id = $1", postgres = concat!("
        UPDATE turns SET reply_id = $2, owed = $3, lease_until = $4 + ", now!(), "
        WHERE id = $1");

    SHUT = "UPDATE turns SET fence = $2, is_open = FALSE, owed = NULL WHERE id = $1";

    SET_CEILING = "UPDATE conversations SET turns_ceiling = $2 WHERE id = $1";

    // What a closed turn changes in its conversation: the ceiling, the end.
    AFTER_TURN = "
        UPDATE conversations SET
            turns_ceiling = coalesce($2, turns_ceiling), end_reason = coalesce($3, end_reason),
            ended_at = coalesce($4, ended_at)
        WHERE id = $1";

    // An answer that an earlier call of the same owner may have made final.
    FINISHED = "
        SELECT
            m.turn_id, m.fence, m.status,
            coalesce(b.quota, p.tokens) AS quota, coalesce(b.used, a.used + a.carried) AS used,
            coalesce(b.reserved, a.reserved) AS reserved, c.turns_ceiling
        FROM messages AS m
        JOIN conversations AS c ON c.id = m.conversation_id
        LEFT JOIN balances AS b ON b.invitation_id = c.invitation_id
        LEFT JOIN allowances AS a ON c.allowance AND a.user_id = c.owner_id
        LEFT JOIN quota_presets AS p ON c.allowance AND p.is_allowance
        WHERE m.id = $1 AND m.conversation_id = $2";

    FOLLOWED_BY = "
        SELECT id, replaces_id
        FROM messages
        WHERE turn_id = $1 AND id > $2 AND fence = $3
        ORDER BY id
        LIMIT 1";

    REQUEST_STOP = "UPDATE turns SET stop = TRUE WHERE conversation_id = $1 AND is_open";

    EXPIRED = turn!("
        WHERE is_open AND lease_until <= $1"), postgres = turn!("
        WHERE is_open AND lease_until <= $1 + ", now!(), "
        ORDER BY id
        FOR NO KEY UPDATE");

    OPEN_TURNS = turn!("
        WHERE is_open"), postgres = turn!("
        WHERE is_open
        ORDER BY id
        FOR NO KEY UPDATE");

    OPEN_TURN = turn!("
        WHERE conversation_id = $1 AND is_open"), postgres = turn!("
        WHERE conversation_id = $1 AND is_open
        FOR NO KEY UPDATE");

    // A process that no longer exists holds no lease.
    END_LEASES = "UPDATE turns SET lease_until = 0 WHERE is_open";

    INTERRUPT = "
        UPDATE messages SET status = $2, done_at = $3, fence = $4
        WHERE id = $1";

    // A lost owner's growing message, which no late heartbeat of that owner can change once it is read.
    MESSAGE = message!(""), postgres = message!("
        FOR NO KEY UPDATE");

    FUNDS = funds!("", "", "balances", "allowances", "");

    // The same with the payer's counters locked.
    LOCKED_FUNDS = funds!("", "", "balances", "allowances", ""), postgres = funds!(
        concat!("
        WITH", lock_payer!("$1", "")), "", "payer_balance", "payer_allowance", ""
    );

    // The same with what else the end of an answer needs: a row for each open reservation of the turn's newest
    // attempt, `$2` to `$4`, or one row without any. Reservations are locked before counters.
    FINISH_FACTS = funds!(
        "",
        ", c.ended_at IS NOT NULL AS ended,
            (SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'messages') AS next_id,
            r.id, r.conversation_id, r.invitation_id, r.allowance_of, r.lane, r.reserved_input,
            r.reserved_output, r.day, r.message_id",
        "balances", "allowances",
        "LEFT JOIN reservations AS r ON r.id IN ($2, $3, $4) AND r.is_open
        "
    ), postgres = funds!(
        concat!("
        WITH reserved AS MATERIALIZED (
            SELECT
                id, conversation_id, invitation_id, allowance_of, lane, reserved_input,
                reserved_output, day, message_id
            FROM reservations
            WHERE id IN ($2, $3, $4) AND is_open
            FOR NO KEY UPDATE
        ),
        next AS MATERIALIZED (SELECT nextval('messages_id_seq') AS id),",
        lock_payer!("$1", " AND (SELECT count(*) FROM reserved) >= 0")),
        ", c.ended_at IS NOT NULL AS ended, next.id AS next_id,
            r.id, r.conversation_id, r.invitation_id, r.allowance_of, r.lane, r.reserved_input,
            r.reserved_output, r.day, r.message_id",
        "payer_balance", "payer_allowance",
        "CROSS JOIN next
        LEFT JOIN reserved AS r ON TRUE
        "
    );
}
