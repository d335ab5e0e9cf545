//! Admission of turns.

use super::{locks::lock_payer, turns::now};

/// Opens a new turn, with the end of its lease.
macro_rules! open {
    ($($lease:tt)+) => {
        concat!(
            "
        INSERT INTO turns (
            id, conversation_id, number, aside, is_open, fence, lease_until, attempt_id, reply_id,
            owed, message_id, message_at, first_fence, first_lane, first_reply_id, coach_left_out,
            skipped_id, before_id
        )
        VALUES (
            $1, $2, $3, $4, TRUE, $5, ", $($lease)+, ",
            $7, $8, $9, $10, $11, $5, $12, $8, $13, $14, $15
        )"
        )
    };
}

/// Reopens a turn, with the end of its lease.
macro_rules! open_again {
    ($($lease:tt)+) => {
        concat!(
            "
        UPDATE turns SET
            is_open = TRUE, stop = FALSE, fence = $2, lease_until = ", $($lease)+, ",
            attempt_id = $4, reply_id = $5, owed = $6, first_fence = $2, first_lane = $7,
            first_reply_id = $5, coach_left_out = $8, skipped_id = $9, before_id = $10
        WHERE id = $1"
        )
    };
}

/// Three ids for new messages, in ascending order. They are taken from SQLite's own count, which one transaction at
/// a time can change, or from PostgreSQL's sequence; an id is given once, even if its message is erased.
macro_rules! next_messages {
    () => {
        "
            (SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'messages') AS first_id,
            (SELECT coalesce(max(seq), 0) + 2 FROM sqlite_sequence WHERE name = 'messages') AS second_id,
            (SELECT coalesce(max(seq), 0) + 3 FROM sqlite_sequence WHERE name = 'messages') AS third_id"
    };
}

macro_rules! next_messages_of_postgres {
    () => {
        "
            nextval('messages_id_seq') AS first_id,
            nextval('messages_id_seq') AS second_id,
            nextval('messages_id_seq') AS third_id"
    };
}

macro_rules! admission {
    ($lock:expr, $balances:literal, $allowances:literal, $ids:expr) => {
        concat!(
            $lock,
            "
        SELECT
            c.turn, c.end_reason, c.invitation_id,
            CASE WHEN c.allowance THEN c.owner_id END AS allowance_of, i.expires_at, i.revoked_at,
            EXISTS (SELECT 1 FROM turns WHERE conversation_id = c.id AND is_open) AS busy,
            (SELECT max(id) FROM messages WHERE conversation_id = c.id) AS newest_id,
            (
                SELECT m.created_at FROM messages AS m
                WHERE m.conversation_id = c.id AND m.role = 'user'
                ORDER BY m.id DESC
                LIMIT CAST($5 AS bigint) OFFSET $2
            ) AS crowded_since,
            k.id AS known_id, k.turn AS known_turn, k.content AS known_content,
            coalesce(b.quota, p.tokens) AS quota, coalesce(b.used, a.used + a.carried, 0) AS used,
            coalesce(b.reserved, a.reserved, 0) AS reserved,
            EXISTS (SELECT 1 FROM turns WHERE id = $4) AS known_turn_row,",
            $ids,
            "
        FROM conversations AS c
        LEFT JOIN invitations AS i ON i.id = c.invitation_id
        LEFT JOIN messages AS k ON k.conversation_id = c.id AND k.client_id = $3
        LEFT JOIN ", $balances, " AS b ON b.invitation_id = c.invitation_id
        LEFT JOIN ", $allowances, " AS a ON c.allowance AND a.user_id = c.owner_id
        LEFT JOIN quota_presets AS p ON c.allowance AND p.is_allowance
        WHERE c.id = $1"
        )
    };
}

/// Saves a message with its id.
macro_rules! append {
    ($overriding:literal) => {
        concat!(
            "
        INSERT INTO messages (
            id, conversation_id, turn_id, turn, fence, role, aside, content, status, skip_reason,
            client_id, created_at, done_at, replaces_id
        )",
            $overriding,
            "
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        )
    };
}

statements! {
    // All data for an admission decision, and ids for the messages to append. `$2` messages are skipped to find
    // the one that must be at least a minute old, `$5` is 0 if there is no rate limit; `$3` is the message's client
    // id; `$4` is the turn to create.
    ADMISSION = admission!("", "balances", "allowances", next_messages!()),
    postgres = admission!(
        concat!("
        WITH", lock_payer!("$1", "")), "payer_balance", "payer_allowance", next_messages_of_postgres!()
    );

    // The response to an attempt.
    ANSWERED = "
        SELECT
            t.attempt_id, t.number, t.first_fence, t.message_id, t.message_at, t.first_lane,
            t.first_reply_id, t.coach_left_out, t.skipped_id, t.before_id,
            coalesce(b.quota, p.tokens) AS quota, coalesce(b.used, a.used + a.carried) AS used,
            coalesce(b.reserved, a.reserved) AS reserved
        FROM turns AS t
        JOIN conversations AS c ON c.id = t.conversation_id
        LEFT JOIN balances AS b ON b.invitation_id = c.invitation_id
        LEFT JOIN allowances AS a ON c.allowance AND a.user_id = c.owner_id
        LEFT JOIN quota_presets AS p ON c.allowance AND p.is_allowance
        WHERE t.id = $1";

    // The turn of a message.
    REPLACED = "
        SELECT
            t.id, t.attempt_id, t.aside, t.fence, t.number, t.message_id, t.message_at,
            (SELECT max(id) FROM messages WHERE turn_id = t.id AND role = 'partner') AS newest_partner,
            (SELECT max(id) FROM messages WHERE turn_id = t.id AND role = 'coach') AS newest_coach,
            t.message_id = (
                SELECT max(message_id) FROM turns WHERE conversation_id = t.conversation_id
            ) AS opened_last
        FROM messages AS m
        JOIN turns AS t ON t.id = m.turn_id
        WHERE m.id = $2 AND m.conversation_id = $1";

    APPEND = append!(""), postgres = append!("
        OVERRIDING SYSTEM VALUE");

    // The id of a message to append; see `next_messages`.
    NEXT_MESSAGE = "SELECT coalesce(max(seq), 0) + 1 AS id FROM sqlite_sequence WHERE name = 'messages'",
    postgres = "SELECT nextval('messages_id_seq') AS id";

    OPEN = open!("$6"), postgres = open!("$6 + ", now!());

    OPEN_AGAIN = open_again!("$3"), postgres = open_again!("$3 + ", now!());

    COUNT_TURN = "UPDATE conversations SET turn = $2 WHERE id = $1";
}
