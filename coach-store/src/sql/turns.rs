//! Open turns and their ends. Every write checks the fence.

statements! {
    BEAT = "
        UPDATE turns SET lease_until = $3
        WHERE id = $1 AND fence = $2 AND is_open
        RETURNING stop, reply_id";

    GROW = "UPDATE messages SET content = $2 WHERE id = $1 AND status = 'streaming'";

    // Claims the end of an answer for its owner.
    FINISH_TURN = "
        UPDATE turns SET lease_until = $4
        WHERE id = $1 AND fence = $2 AND reply_id = $3 AND is_open
        RETURNING
            conversation_id, number, aside, attempt_id,
            (SELECT turns_ceiling FROM conversations WHERE id = conversation_id)";

    FINISH_MESSAGE = "
        UPDATE messages SET
            content = $2, status = $3, finish_reason = $4, model = $5, first_delta_at = $6,
            done_at = $7, timing = $8, input_tokens = $9, cached_input = $10, cache_write = $11,
            output_tokens = $12, reasoning = $13
        WHERE id = $1";

    NEXT_ANSWER = "
        UPDATE turns SET
            reply_id = $2,
            owed = CASE $3 WHEN 'coach' THEN NULL ELSE owed END
        WHERE id = $1";

    SHUT = "UPDATE turns SET is_open = FALSE, owed = NULL WHERE id = $1";

    END_WITH_TURN = "
        UPDATE conversations SET end_reason = $2, ended_at = $3
        WHERE id = $1 AND ended_at IS NULL";

    LOWER_CEILING = "
        UPDATE conversations SET turns_ceiling = $2
        WHERE id = $1 AND (turns_ceiling IS NULL OR turns_ceiling > $2)";

    // An answer that the same owner has already made final.
    FINISHED = "
        SELECT
            coalesce(b.quota, p.tokens) AS quota, coalesce(b.used, a.used + a.carried) AS used,
            coalesce(b.reserved, a.reserved) AS reserved, c.turns_ceiling
        FROM messages AS m
        JOIN conversations AS c ON c.id = m.conversation_id
        LEFT JOIN balances AS b ON b.invitation_id = c.invitation_id
        LEFT JOIN allowances AS a ON c.allowance AND a.user_id = c.owner_id
        LEFT JOIN quota_presets AS p ON c.allowance AND p.is_allowance
        WHERE m.id = $1 AND m.turn_id = $2 AND m.fence = $3 AND m.status <> 'streaming'";

    FOLLOWED_BY = "
        SELECT id, replaces_id
        FROM messages
        WHERE turn_id = $1 AND id > $2 AND fence = $3
        ORDER BY id
        LIMIT 1";

    REQUEST_STOP = "UPDATE turns SET stop = TRUE WHERE conversation_id = $1 AND is_open";

    LOST = "
        UPDATE turns SET fence = fence + 1
        WHERE is_open AND lease_until < $1
            AND attempt_id NOT IN (SELECT unhex(value) FROM json_each($2))
        RETURNING
            id, conversation_id, number, aside, fence, attempt_id, reply_id, owed, message_id",
    postgres = "
        UPDATE turns SET fence = fence + 1
        WHERE is_open AND lease_until < $1 AND attempt_id <> ALL ($2)
        RETURNING
            id, conversation_id, number, aside, fence, attempt_id, reply_id, owed, message_id";

    INTERRUPT = "
        UPDATE messages SET status = 'interrupted', done_at = $2, fence = $3
        WHERE id = $1";

    MESSAGE = "
        SELECT
            id, turn, role, aside, content, status, skip_reason, replaces_id, client_id,
            created_at, first_delta_at, done_at, finish_reason, model, input_tokens, cached_input,
            cache_write, output_tokens, reasoning
        FROM messages
        WHERE id = $1";

    FUNDS = "
        SELECT
            coalesce(b.quota, p.tokens) AS quota, coalesce(b.used, a.used + a.carried) AS used,
            coalesce(b.reserved, a.reserved) AS reserved, c.turns_ceiling
        FROM conversations AS c
        LEFT JOIN balances AS b ON b.invitation_id = c.invitation_id
        LEFT JOIN allowances AS a ON c.allowance AND a.user_id = c.owner_id
        LEFT JOIN quota_presets AS p ON c.allowance AND p.is_allowance
        WHERE c.id = $1";
}
