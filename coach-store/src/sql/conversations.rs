//! Conversations and their messages.

/// All columns of conversations and their scripts, for the rows selected by the rest of the statement.
macro_rules! conversation {
    ($rest:literal) => {
        concat!(
            "
        SELECT
            c.id, c.owner_id, c.invitation_id, c.scenario, c.scenario_version, c.coach, c.aside,
            c.created_at, c.turn, c.end_reason, c.ended_at, c.erased_at, c.allowance, s.title, s.card,
            s.language,
            s.partner_name, s.partner_prompt, s.partner_temperature, s.partner_max_output,
            s.opening, s.coach_prompt, s.coach_temperature, s.coach_max_output, s.coach_when,
            s.coach_sees, s.max_turns, s.max_seconds
        FROM conversations AS c
        JOIN scripts AS s ON s.conversation_id = c.id
",
            $rest
        )
    };
}

/// The newest facts of the conversations that the last line selects.
macro_rules! heads {
    ($wanted:literal) => {
        concat!(
            "
        SELECT
            c.id, t.reply_id AS growing_id, c.end_reason,
            (
                SELECT m.id FROM messages AS m
                WHERE m.conversation_id = c.id AND m.status <> 'streaming'
                ORDER BY m.id DESC
                LIMIT 1
            ) AS newest_id
        FROM conversations AS c
        LEFT JOIN turns AS t ON t.conversation_id = c.id AND t.is_open
        WHERE c.id ",
            $wanted
        )
    };
}

statements! {
    START = "
        INSERT INTO conversations (
            id, owner_id, invitation_id, scenario, scenario_version, coach, aside, created_at,
            turn, end_reason, ended_at, allowance, erased_at
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

    STARTED = "SELECT id FROM conversations WHERE id = $1";

    OWNER = "SELECT disabled FROM users WHERE id = $1";

    SCRIPT = "
        INSERT INTO scripts (
            conversation_id, title, card, language, partner_name, partner_prompt,
            partner_temperature, partner_max_output, opening, coach_prompt, coach_temperature,
            coach_max_output, coach_when, coach_sees, max_turns, max_seconds
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

    BUSY = "SELECT id FROM turns WHERE conversation_id = $1 AND is_open";

    CONVERSATION = conversation!("
        WHERE c.id = $1");

    PRESENT = "
        SELECT
            t.id AS open_id, t.number AS open_number, t.aside AS open_aside,
            t.reply_id AS open_reply_id,
            coalesce(b.quota, p.tokens) AS quota, coalesce(b.used, a.used + a.carried) AS used,
            coalesce(b.reserved, a.reserved) AS reserved, c.turns_ceiling,
            (
                SELECT m.id FROM messages AS m
                WHERE m.conversation_id = c.id AND m.status <> 'streaming'
                ORDER BY m.id DESC
                LIMIT 1
            ) AS newest_id,
            c.id, c.owner_id, c.invitation_id, c.scenario, c.scenario_version, c.coach, c.aside,
            c.created_at, c.turn, c.end_reason, c.ended_at, c.erased_at, c.allowance, s.title, s.card,
            s.language,
            s.partner_name, s.partner_prompt, s.partner_temperature, s.partner_max_output,
            s.opening, s.coach_prompt, s.coach_temperature, s.coach_max_output, s.coach_when,
            s.coach_sees, s.max_turns, s.max_seconds
        FROM conversations AS c
        JOIN scripts AS s ON s.conversation_id = c.id
        LEFT JOIN turns AS t ON t.conversation_id = c.id AND t.is_open
        LEFT JOIN balances AS b ON b.invitation_id = c.invitation_id
        LEFT JOIN allowances AS a ON c.allowance AND a.user_id = c.owner_id
        LEFT JOIN quota_presets AS p ON c.allowance AND p.is_allowance
        WHERE c.id = $1";

    // SQLite takes a list as a JSON array of ids in hexadecimal.
    HEADS = heads!("IN (SELECT unhex(wanted.value) FROM json_each($1) AS wanted)"),
        postgres = heads!("= ANY ($1)");

    OF_PERSON = conversation!("
        WHERE c.owner_id = $1 AND c.id < $2
        ORDER BY c.id DESC
        LIMIT CAST($3 AS bigint)");

    RUNNING_OF_PERSON = conversation!("
        WHERE c.owner_id = $1 AND c.id < $2 AND c.ended_at IS NULL
        ORDER BY c.id DESC
        LIMIT CAST($3 AS bigint)");

    ENDED_OF_PERSON = conversation!("
        WHERE c.owner_id = $1 AND c.id < $2 AND c.ended_at IS NOT NULL
        ORDER BY c.id DESC
        LIMIT CAST($3 AS bigint)");

    OF_INVITATION = conversation!("
        WHERE c.invitation_id = $1 AND c.id < $2
        ORDER BY c.id DESC
        LIMIT CAST($3 AS bigint)");

    // `$1` is the creator of the invitations.
    RECENTLY_ENDED = conversation!("
        JOIN invitations AS i ON i.id = c.invitation_id
        WHERE c.ended_at IS NOT NULL AND c.invitation_id IS NOT NULL
            AND c.ended_at >= $2
            AND c.erased_at IS NULL
            AND ($1 IS NULL OR i.created_by = $1)
        ORDER BY c.ended_at DESC, c.id DESC
        LIMIT CAST($3 AS bigint)");

    // In descending order: the newest first.
    MESSAGES_BEFORE = "
        SELECT
            id, turn, role, aside, content, status, skip_reason, replaces_id, client_id,
            created_at, first_delta_at, done_at, finish_reason, model, input_tokens, cached_input,
            cache_write, output_tokens, reasoning
        FROM messages
        WHERE conversation_id = $1 AND id < $2 AND status <> 'streaming'
        ORDER BY id DESC
        LIMIT CAST($3 AS bigint)";

    MESSAGES_FROM = "
        SELECT
            id, turn, role, aside, content, status, skip_reason, replaces_id, client_id,
            created_at, first_delta_at, done_at, finish_reason, model, input_tokens, cached_input,
            cache_write, output_tokens, reasoning
        FROM messages
        WHERE conversation_id = $1 AND id >= $2 AND id <= $3 AND status <> 'streaming'
        ORDER BY id
        LIMIT CAST($4 AS bigint)";

    MESSAGE_DETAILS = "
        SELECT
            id, turn, role, aside, content, status, skip_reason, replaces_id, client_id,
            created_at, first_delta_at, done_at, finish_reason, model, input_tokens, cached_input,
            cache_write, output_tokens, reasoning, timing, shown_at, shown_share, shown_ms,
            opened_at, opened_share, opened_ms
        FROM messages
        WHERE conversation_id = $1 AND id > $2 AND status <> 'streaming'
        ORDER BY id
        LIMIT CAST($3 AS bigint)";

    SET_END = "
        UPDATE conversations SET end_reason = $2, ended_at = $3, erased_at = $4
        WHERE id = $1";

    // The first time, the largest share and the longest time count; a report without news writes nothing.
    NOTE_SHOWN = "
        UPDATE messages SET
            shown_at = coalesce(shown_at, $3),
            shown_share = CASE
                WHEN shown_share IS NULL OR $4 > shown_share THEN $4 ELSE shown_share
            END,
            shown_ms = CASE WHEN shown_ms IS NULL OR $5 > shown_ms THEN $5 ELSE shown_ms END
        WHERE id = $2
            AND conversation_id = $1
            AND role = 'coach'
            AND (
                shown_at IS NULL OR $4 > coalesce(shown_share, -1) OR $5 > coalesce(shown_ms, -1)
            )";

    NOTE_OPENED = "
        UPDATE messages SET
            opened_at = coalesce(opened_at, $3),
            opened_share = CASE
                WHEN opened_share IS NULL OR $4 > opened_share THEN $4 ELSE opened_share
            END,
            opened_ms = CASE WHEN opened_ms IS NULL OR $5 > opened_ms THEN $5 ELSE opened_ms END
        WHERE id = $2
            AND conversation_id = $1
            AND role = 'coach'
            AND (
                opened_at IS NULL OR $4 > coalesce(opened_share, -1) OR $5 > coalesce(opened_ms, -1)
            )";

    SEEN = "
        SELECT id, shown_at, shown_share, shown_ms, opened_at, opened_share, opened_ms
        FROM messages
        WHERE conversation_id = $1 AND (shown_at IS NOT NULL OR opened_at IS NOT NULL)
        ORDER BY id";
}
