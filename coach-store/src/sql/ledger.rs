//! Reservations and spending. Every change of a balance is one conditional statement.

statements! {
    HOLD = "
        UPDATE balances SET reserved = reserved + $2
        WHERE invitation_id = $1 AND used + reserved + $2 <= quota
        RETURNING quota, used, reserved";

    LET_GO = "UPDATE balances SET reserved = reserved - $2 WHERE invitation_id = $1";

    HOLD_OF_DAY = "
        INSERT INTO days (day, used, reserved)
        SELECT $1, 0, $2 WHERE $2 <= $3
        ON CONFLICT (day) DO UPDATE SET reserved = reserved + $2
        WHERE used + reserved + $2 <= $3";

    USED_OF_DAY = "SELECT used FROM days WHERE day = $1";

    BALANCE = "SELECT quota, used, reserved FROM balances WHERE invitation_id = $1";

    CALL = "
        INSERT INTO calls (
            id, turn_id, conversation_id, invitation_id, lane, input_bound, output_bound, day,
            message_id, held, created_at, allowance_of
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11)";

    OPEN_CALL = "
        SELECT invitation_id, allowance_of, input_bound, output_bound, day
        FROM calls
        WHERE id = $1 AND held = 1";

    RAISE_CALL = "UPDATE calls SET input_bound = $2, output_bound = $3 WHERE id = $1";

    KNOWN_CALL = "SELECT 1 FROM calls WHERE id = $1";

    BEGIN_CALL = "
        UPDATE calls SET message_id = $2
        WHERE id = $1 AND held = 1 AND message_id IS NULL";

    CLOSE_CALL = "
        UPDATE calls SET held = 0
        WHERE id = $1 AND held = 1
        RETURNING
            id, conversation_id, invitation_id, allowance_of, lane, input_bound, output_bound, day,
            message_id";

    // The calls of one attempt, by id.
    CLOSE_REST = "
        UPDATE calls SET held = 0
        WHERE id IN ($1, $2, $3) AND held = 1
        RETURNING
            id, conversation_id, invitation_id, allowance_of, lane, input_bound, output_bound, day,
            message_id";

    BEGUN_CALL = "
        SELECT id, input_bound, output_bound
        FROM calls
        WHERE id IN ($1, $2, $3) AND held = 1 AND message_id = $4";

    LOST_CALLS = "
        SELECT id, input_bound, output_bound
        FROM calls
        WHERE held = 1 AND turn_id IS NULL AND created_at < $1
        ORDER BY created_at, id";

    ENTER = "
        INSERT INTO usage_entries (
            call_id, invitation_id, conversation_id, message_id, lane, input_bound, output_bound,
            source, input_tokens, cached_input, cache_write, output_tokens, reasoning, model,
            cost_micro_usd, created_at
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

    BOOK = "
        UPDATE balances SET reserved = reserved - $2, used = used + $3
        WHERE invitation_id = $1
        RETURNING quota, used, reserved";

    BOOK_OF_DAY = "
        UPDATE days SET reserved = reserved - $2, used = used + $3
        WHERE day = $1";

    ENTRIES = "
        SELECT
            call_id, invitation_id, conversation_id, message_id, lane, input_bound, output_bound,
            source, input_tokens, cached_input, cache_write, output_tokens, reasoning, model,
            cost_micro_usd, created_at
        FROM usage_entries
        WHERE conversation_id = $1
        ORDER BY id";
}
