//! The audit log.

statements! {
    NOTE = "
        INSERT INTO audit_entries (
            at, actor_id, action, detail, subject_kind, subject_id, address
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7)";

    AUDIT = "
        SELECT id, at, actor_id, action, detail, subject_kind, subject_id, address
        FROM audit_entries
        WHERE id < $1
        ORDER BY id DESC
        LIMIT CAST($2 AS bigint)";

    AUDIT_OF = "
        SELECT id, at, actor_id, action, detail, subject_kind, subject_id, address
        FROM audit_entries
        WHERE actor_id = $1 AND id < $2
        ORDER BY id DESC
        LIMIT CAST($3 AS bigint)";
}
