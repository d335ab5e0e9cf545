//! Reservations and spending. Changes of counters are differences.

use super::turns::now;

/// The facts of open reservations, for the rows selected by the rest of the statement.
macro_rules! reservation {
    ($($rest:tt)+) => {
        concat!(
            "
        SELECT
            id, conversation_id, invitation_id, allowance_of, lane, reserved_input, reserved_output, day,
            message_id
        FROM reservations
",
            $($rest)+
        )
    };
}

/// Saves a reservation, with the end of its lease.
macro_rules! insert_reservation {
    ($($lease:tt)+) => {
        concat!(
            "
        INSERT INTO reservations (
            id, turn_id, conversation_id, invitation_id, lane, reserved_input, reserved_output, day,
            message_id, is_open, created_at, allowance_of, lease_until
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE, $10, $11, ", $($lease)+, ")"
        )
    };
}

statements! {
    BALANCE = "SELECT quota, used, reserved FROM balances WHERE invitation_id = $1";

    // Locks a day's use, all parts of it. Only a row can be locked.
    LOCK_DAY = "", postgres = "
        INSERT INTO day_parts (day, part, used, reserved)
        SELECT $1, part, 0, 0 FROM generate_series(0, 15) AS part
        ON CONFLICT (day, part) DO NOTHING";

    DAY = "
        SELECT coalesce(sum(used), 0) AS used, coalesce(sum(reserved), 0) AS reserved
        FROM day_parts
        WHERE day = $1", postgres = "
        WITH parts AS (SELECT used, reserved FROM day_parts WHERE day = $1 ORDER BY part FOR NO KEY UPDATE)
        SELECT coalesce(sum(used), 0)::bigint AS used, coalesce(sum(reserved), 0)::bigint AS reserved
        FROM parts";

    INSERT_RESERVATION = insert_reservation!("$12"),
    postgres = insert_reservation!("$12 + ", now!());

    OPEN_RESERVATION = reservation!("
        WHERE id = $1 AND is_open");

    // Those of one attempt, by id.
    OPEN_RESERVATIONS = reservation!("
        WHERE id IN ($1, $2, $3) AND is_open"), postgres = reservation!("
        WHERE id IN ($1, $2, $3) AND is_open
        FOR NO KEY UPDATE");

    ABANDONED_RESERVATIONS = reservation!("
        WHERE is_open AND turn_id IS NULL AND lease_until <= $1
        ORDER BY created_at, id"), postgres = reservation!("
        WHERE is_open AND turn_id IS NULL AND lease_until <= $1 + ", now!(), "
        ORDER BY created_at, id
        FOR NO KEY UPDATE");

    STANDALONE_RESERVATIONS = reservation!("
        WHERE is_open AND turn_id IS NULL
        ORDER BY created_at, id"), postgres = reservation!("
        WHERE is_open AND turn_id IS NULL
        ORDER BY created_at, id
        FOR NO KEY UPDATE");

    RAISE_RESERVATION = "UPDATE reservations SET reserved_input = $2, reserved_output = $3 WHERE id = $1";

    KNOWN_RESERVATION = "SELECT id FROM reservations WHERE id = $1";

    BEGIN_CALL = "UPDATE reservations SET message_id = $2 WHERE id = $1";

    CLOSE_RESERVATION = "UPDATE reservations SET is_open = FALSE WHERE id = $1";

    // In PostgreSQL an id is given under a lock that many may hold, to the end of the transaction. A reader that
    // continues after an id locks it alone (`ENTRIES` of the locks) to find the newest one: then no entry with a
    // lower id is still on its way, and it misses none.
    INSERT_ENTRY = "
        INSERT INTO usage_entries (
            reservation_id, invitation_id, conversation_id, message_id, lane, reserved_input, reserved_output,
            source, input_tokens, cached_input, cache_write, output_tokens, reasoning, model, cost_micro_usd,
            created_at, outcome, outcome_detail, requested_model, first_token_us, elapsed_us, waited_us,
            retries, finish_reason, request_id, prompt_sha256, build
        )
        VALUES (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25, $26, $27
        )
        RETURNING id, reservation_id",
    postgres = "
        INSERT INTO usage_entries (
            reservation_id, invitation_id, conversation_id, message_id, lane, reserved_input, reserved_output,
            source, input_tokens, cached_input, cache_write, output_tokens, reasoning, model, cost_micro_usd,
            created_at, outcome, outcome_detail, requested_model, first_token_us, elapsed_us, waited_us,
            retries, finish_reason, request_id, prompt_sha256, build
        )
        SELECT
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25, $26, $27
        FROM pg_advisory_xact_lock_shared(7311046205918)
        RETURNING id, reservation_id";

    BOOK = "
        UPDATE balances SET reserved = reserved + $2 - $3, used = used + $4
        WHERE invitation_id = $1";

    BOOK_ALLOWANCE = "
        INSERT INTO allowances (user_id, used, reserved)
        VALUES ($1, $4, $2)
        ON CONFLICT (user_id) DO UPDATE SET
            reserved = allowances.reserved + $2 - $3, used = allowances.used + $4";

    BOOK_OF_DAY = "
        INSERT INTO day_parts (day, part, used, reserved)
        VALUES ($1, $2, $5, CAST($3 AS BIGINT) - CAST($4 AS BIGINT))
        ON CONFLICT (day, part) DO UPDATE SET
            reserved = day_parts.reserved + $3 - $4, used = day_parts.used + $5";

    NEWEST_ENTRY = "SELECT coalesce(max(id), 0) AS id FROM usage_entries";

    ENTRIES_AFTER = "
        SELECT
            id,
            reservation_id, invitation_id, conversation_id, message_id, lane, reserved_input, reserved_output,
            source, input_tokens, cached_input, cache_write, output_tokens, reasoning, model, cost_micro_usd,
            created_at, outcome, outcome_detail, requested_model, first_token_us, elapsed_us, waited_us,
            retries, finish_reason, request_id, prompt_sha256, build
        FROM usage_entries
        WHERE id > $1 AND id <= $3
        ORDER BY id
        LIMIT CAST($2 AS bigint)";

    ENTRIES = "
        SELECT
            id,
            reservation_id, invitation_id, conversation_id, message_id, lane, reserved_input, reserved_output,
            source, input_tokens, cached_input, cache_write, output_tokens, reasoning, model, cost_micro_usd,
            created_at, outcome, outcome_detail, requested_model, first_token_us, elapsed_us, waited_us,
            retries, finish_reason, request_id, prompt_sha256, build
        FROM usage_entries
        WHERE conversation_id = $1
        ORDER BY id";
}
