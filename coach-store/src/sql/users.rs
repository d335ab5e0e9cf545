//! Users, identities, logins and one-time values.

/// `$1` is where the page starts, `$2` part of a name or an address in lower case, `$3` a role.
macro_rules! people {
    ($position:literal) => {
        concat!(
            "
        SELECT id, role, name, email, epoch, disabled, created_at, signed_in_at
        FROM users
        WHERE id < $1
            AND (
                $2 IS NULL
                OR ",
            $position,
            "(lower(coalesce(name, '')), $2) > 0
                OR ",
            $position,
            "(lower(coalesce(email, '')), $2) > 0
            )
            AND CASE WHEN $3 IS NULL THEN role <> 'GUEST' ELSE role = $3 END
        ORDER BY id DESC
        LIMIT CAST($4 AS bigint)"
        )
    };
}

statements! {
    USER = "
        SELECT id, role, name, email, epoch, disabled, created_at, signed_in_at
        FROM users
        WHERE id = $1";

    LOCAL_ADMIN = "
        SELECT id, role, name, email, epoch, disabled, created_at, signed_in_at
        FROM users
        WHERE local_admin";

    PEOPLE = people!("instr"), postgres = people!("strpos");

    // Who can sign in and administer.
    ADMINS = "SELECT id FROM users WHERE role = 'ADMIN' AND NOT disabled ORDER BY id";

    SAVE_USER = "
        INSERT INTO users (id, role, name, email, epoch, disabled, created_at, signed_in_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET
            role = excluded.role, name = excluded.name, email = excluded.email,
            epoch = excluded.epoch, disabled = excluded.disabled,
            signed_in_at = excluded.signed_in_at";

    MAKE_USER = "
        INSERT INTO users (id, role, created_at)
        VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";

    MARK_LOCAL_ADMIN = "UPDATE users SET local_admin = TRUE WHERE id = $1";

    OWNER_OF = "SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2";

    KEEP_IDENTITY = "
        INSERT INTO identities (
            issuer, subject, user_id, name, email, email_verified, linked_at
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (issuer, subject) DO UPDATE SET
            name = excluded.name, email = excluded.email,
            email_verified = excluded.email_verified";

    IDENTITIES = "
        SELECT issuer, subject, name, email, email_verified
        FROM identities
        WHERE user_id = $1
        ORDER BY linked_at";

    MOVE_CONVERSATIONS = "UPDATE conversations SET owner_id = $2 WHERE owner_id = $1";

    MOVE_INVITATIONS = "UPDATE invitations SET claimed_by = $2 WHERE claimed_by = $1";

    // Conversations without an invitation are paid by the allowance of a user with a limit.
    PAY_BY_ROLE = "
        UPDATE conversations SET allowance = $2
        WHERE owner_id = $1 AND invitation_id IS NULL";

    FORGET_NONCES = "DELETE FROM spent_nonces WHERE spent_until < $1";

    SPEND_NONCE = "
        INSERT INTO spent_nonces (nonce, spent_until)
        VALUES ($1, $2)
        ON CONFLICT DO NOTHING";

    ERASE_IDENTITIES = "DELETE FROM identities WHERE user_id = $1";

    ERASE_MESSAGES = "DELETE FROM messages WHERE conversation_id = $1";

    SAVE_WORDS = "
        UPDATE scripts SET
            title = $2, card = $3, partner_name = $4, partner_prompt = $5, opening = $6,
            coach_prompt = $7
        WHERE conversation_id = $1";
}
