//! Reservations and spending. Every change of a balance is one conditional statement.

statements! {
    RESERVE = "
        UPDATE balances SET reserved = reserved + $2
        WHERE invitation_id = $1 AND used + reserved + $2 <= quota
        RETURNING quota, used, reserved";

    RELEASE = "UPDATE balances SET reserved = reserved - $2 WHERE invitation_id = $1";

    RESERVE_OF_DAY = "
        INSERT INTO days (day, used, reserved)
        SELECT $1, 0, $2 WHERE $2 <= $3
        ON CONFLICT (day) DO UPDATE SET reserved = days.reserved + $2
        WHERE days.used + days.reserved + $2 <= $3";

    USED_OF_DAY = "SELECT used FROM days WHERE day = $1";

    BALANCE = "SELECT quota, used, reserved FROM balances WHERE invitation_id = $1";

    INSERT_RESERVATION = "
        INSERT INTO reservations (
            id, turn_id, conversation_id, invitation_id, lane, reserved_input, reserved_output, day,
            message_id, is_open, created_at, allowance_of
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE, $10, $11)";

    OPEN_RESERVATION = "
        SELECT invitation_id, allowance_of, reserved_input, reserved_output, day
        FROM reservations
        WHERE id = $1 AND is_open";

    RAISE_RESERVATION = "UPDATE reservations SET reserved_input = $2, reserved_output = $3 WHERE id = $1";

    KNOWN_RESERVATION = "SELECT id FROM reservations WHERE id = $1";

    BEGIN_CALL = "
        UPDATE reservations SET message_id = $2
        WHERE id = $1 AND is_open AND message_id IS NULL";

    SETTLE_RESERVATION = "
        UPDATE reservations SET is_open = FALSE
        WHERE id = $1 AND is_open
        RETURNING
            id, conversation_id, invitation_id, allowance_of, lane, reserved_input, reserved_output, day,
            message_id";

    // The calls of one attempt, by id.
    SETTLE_UNUSED = "
        UPDATE reservations SET is_open = FALSE
        WHERE id IN ($1, $2, $3) AND is_open
        RETURNING
            id, conversation_id, invitation_id, allowance_of, lane, reserved_input, reserved_output, day,
            message_id";

    BEGUN_RESERVATION = "
        SELECT id, reserved_input, reserved_output
        FROM reservations
        WHERE id IN ($1, $2, $3) AND is_open AND message_id = $4";

    ABANDONED_RESERVATIONS = "
        SELECT id, reserved_input, reserved_output
        FROM reservations
        WHERE is_open AND turn_id IS NULL AND created_at < $1
        ORDER BY created_at, id";

    // In PostgreSQL an id is given under a lock that is kept to the end of the transaction: ids ascend in the order
    // of commits, so that a reader that continues after an id misses no entry.
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
        RETURNING id",
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
        FROM pg_advisory_xact_lock(7311046205918)
        RETURNING id";

    BOOK = "
        UPDATE balances SET reserved = reserved - $2, used = used + $3
        WHERE invitation_id = $1
        RETURNING quota, used, reserved";

    BOOK_OF_DAY = "
        UPDATE days SET reserved = reserved - $2, used = used + $3
        WHERE day = $1";

    ENTRIES_AFTER = "
        SELECT
            id,
            reservation_id, invitation_id, conversation_id, message_id, lane, reserved_input, reserved_output,
            source, input_tokens, cached_input, cache_write, output_tokens, reasoning, model, cost_micro_usd,
            created_at, outcome, outcome_detail, requested_model, first_token_us, elapsed_us, waited_us,
            retries, finish_reason, request_id, prompt_sha256, build
        FROM usage_entries
        WHERE id > $1
        ORDER BY id
        LIMIT $2";

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
