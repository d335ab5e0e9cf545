//! People, their logins and what can be spent once.

statements! {
    USER = "
        SELECT id, role, name, email, epoch, disabled, created_at
        FROM users
        WHERE id = $1";

    LOCAL_ADMIN = "
        SELECT id, role, name, email, epoch, disabled, created_at
        FROM users
        WHERE local_admin = 1";

    MAKE_LOCAL_ADMIN = "
        INSERT INTO users (id, role, created_at, local_admin)
        VALUES ($1, $2, $3, 1)
        ON CONFLICT DO NOTHING";

    MAKE_GUEST = "
        INSERT INTO users (id, role, created_at)
        VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";

    END_LOGINS = "
        UPDATE users SET epoch = epoch + 1
        WHERE id = $1
        RETURNING epoch";

    FORGET_NONCES = "DELETE FROM spent_nonces WHERE spent_until < $1";

    SPEND_NONCE = "
        INSERT INTO spent_nonces (nonce, spent_until)
        VALUES ($1, $2)
        ON CONFLICT DO NOTHING";
}
