//! Quota presets, and the allowance.

statements! {
    PRESETS = "
        SELECT id, label, tokens
        FROM quota_presets
        WHERE removed_at IS NULL
        ORDER BY is_allowance DESC, tokens, id";

    PRESET = "
        SELECT id, label, tokens FROM quota_presets WHERE id = $1 AND removed_at IS NULL";

    SAVE_PRESET = "
        INSERT INTO quota_presets (id, label, tokens)
        VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET
            label = excluded.label, tokens = excluded.tokens, removed_at = NULL";

    // The allowance was raised, so every conversation that it pays for is estimated anew.
    EMPTY_CEILINGS = "
        UPDATE conversations SET turns_ceiling = NULL
        WHERE allowance AND turns_ceiling IS NOT NULL";

    // The label stays for the audit log.
    REMOVE_PRESET = "
        UPDATE quota_presets SET removed_at = $2
        WHERE id = $1";

    OPEN_ALLOWANCE = "
        INSERT INTO allowances (user_id, used, reserved)
        VALUES ($1, 0, 0)
        ON CONFLICT DO NOTHING";

    SPENT_BEFORE = "SELECT used FROM spent_before WHERE trace = $1";

    CARRY_ALLOWANCE = "
        INSERT INTO allowances (user_id, used, reserved, carried)
        VALUES ($1, 0, 0, $2)
        ON CONFLICT DO NOTHING";

    LEAVE_ALLOWANCE = "
        INSERT INTO spent_before (trace, used)
        VALUES ($1, $2)
        ON CONFLICT (trace) DO UPDATE SET used = excluded.used";

    ALLOWANCE = "
        SELECT p.tokens AS quota, coalesce(a.used + a.carried, 0) AS used, coalesce(a.reserved, 0) AS reserved
        FROM quota_presets AS p
        LEFT JOIN allowances AS a ON a.user_id = $1
        WHERE p.is_allowance";
}
