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
        LIMIT $4"
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

    MAKE_LOCAL_ADMIN = "
        INSERT INTO users (id, role, created_at, local_admin)
        VALUES ($1, $2, $3, TRUE)
        ON CONFLICT DO NOTHING";

    MAKE_USER = "
        INSERT INTO users (id, role, created_at)
        VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";

    NOTE_SIGN_IN = "
        UPDATE users SET
            signed_in_at = $2, name = coalesce($3, name), email = coalesce($4, email),
            role = coalesce($5, role)
        WHERE id = $1";

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

    // A guest becomes a signed-in user; an existing name and address stay.
    LINK = "
        UPDATE users SET
            role = CASE role WHEN 'GUEST' THEN 'USER' ELSE role END,
            name = coalesce(name, $2), email = coalesce(email, $3), epoch = epoch + 1
        WHERE id = $1";

    CLOSE_GUEST = "
        UPDATE users SET disabled = TRUE, epoch = epoch + 1
        WHERE id = $1
            AND role = 'GUEST'
            AND NOT disabled
            AND EXISTS (SELECT 1 FROM users WHERE id = $2)";

    MOVE_CONVERSATIONS = "UPDATE conversations SET owner_id = $2 WHERE owner_id = $1";

    MOVE_INVITATIONS = "UPDATE invitations SET claimed_by = $2 WHERE claimed_by = $1";

    GIVE_ROLE = "
        UPDATE users SET role = $2
        WHERE id = $1
            AND (
                $2 = 'ADMIN' OR role <> 'ADMIN' OR disabled
                OR EXISTS (
                    SELECT 1 FROM users
                    WHERE role = 'ADMIN' AND NOT disabled AND id <> $1
                )
            )";

    DISABLE = "
        UPDATE users SET
            disabled = $2, epoch = epoch + CASE WHEN $2 AND NOT disabled THEN 1 ELSE 0 END
        WHERE id = $1
            AND (
                NOT $2 OR role <> 'ADMIN' OR disabled
                OR EXISTS (
                    SELECT 1 FROM users
                    WHERE role = 'ADMIN' AND NOT disabled AND id <> $1
                )
            )";

    // Conversations without an invitation are paid by the allowance of a user with a limit.
    PAY_BY_ROLE = "
        UPDATE conversations SET allowance = $2
        WHERE owner_id = $1 AND invitation_id IS NULL";

    END_LOGINS = "
        UPDATE users SET epoch = epoch + 1
        WHERE id = $1
        RETURNING epoch";

    FORGET_NONCES = "DELETE FROM spent_nonces WHERE spent_until < $1";

    SPEND_NONCE = "
        INSERT INTO spent_nonces (nonce, spent_until)
        VALUES ($1, $2)
        ON CONFLICT DO NOTHING";

    ERASE_PERSON = "
        UPDATE users SET name = NULL, email = NULL, disabled = TRUE, epoch = epoch + 1
        WHERE id = $1";

    ERASE_IDENTITIES = "DELETE FROM identities WHERE user_id = $1";

    OPEN_OF_PERSON = "
        UPDATE turns SET fence = fence + 1
        WHERE is_open
            AND conversation_id IN (SELECT id FROM conversations WHERE owner_id = $1)
        RETURNING
            id, conversation_id, number, aside, fence, attempt_id, reply_id, owed, message_id";

    ERASE_MESSAGES = "
        DELETE FROM messages
        WHERE conversation_id IN (SELECT id FROM conversations WHERE owner_id = $1)";

    ERASE_SCRIPTS = "
        UPDATE scripts SET card = '', partner_prompt = '', opening = NULL, coach_prompt = ''
        WHERE conversation_id IN (SELECT id FROM conversations WHERE owner_id = $1)";

    // The title of a predefined scenario is not the participant's text.
    ERASE_NAMES = "
        UPDATE scripts SET title = '', partner_name = ''
        WHERE conversation_id IN (
            SELECT id FROM conversations WHERE owner_id = $1 AND scenario IS NULL
        )";

    END_ERASED = "
        UPDATE conversations SET
            end_reason = 'erased', ended_at = coalesce(ended_at, $2),
            erased_at = coalesce(erased_at, $2)
        WHERE owner_id = $1";
}
