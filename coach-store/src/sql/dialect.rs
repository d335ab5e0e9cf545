//! Statements that are specific to one database.

/// Begins, commits and undoes the transactions of SQLite.
pub(crate) mod sqlite {
    /// Acquires the write lock immediately; a transaction that reads first might fail to get it later.
    pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";
    pub(crate) const COMMIT: &str = "COMMIT";
    pub(crate) const ROLLBACK: &str = "ROLLBACK";
    pub(crate) const SAVEPOINT: &str = "SAVEPOINT job";
    pub(crate) const RELEASE: &str = "RELEASE job";
    pub(crate) const ROLLBACK_JOB: &str = "ROLLBACK TO job";
    /// A commit survives a power loss.
    pub(crate) const DURABLE: &str = "PRAGMA synchronous = FULL";
    pub(crate) const BEGIN_DURABLE: &str = "PRAGMA synchronous = FULL;BEGIN IMMEDIATE";
    /// Moves the whole write-ahead log into the database and truncates the log; waits for readers.
    pub(crate) const FORGET_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
    /// A commit survives the end of the process, and a power loss once a durable commit follows.
    pub(crate) const CHECKPOINT: &str = "PRAGMA synchronous = NORMAL";
    pub(crate) const BEGIN_CHECKPOINT: &str = "PRAGMA synchronous = NORMAL;BEGIN IMMEDIATE";
}

statements! {
    // Writes without changing data; the number and the value have no meaning.
    TOUCH = "PRAGMA user_version = 1", postgres = "
        INSERT INTO spent_nonces (nonce, spent_until)
        VALUES ('touched', 0)
        ON CONFLICT (nonce) DO UPDATE SET spent_until = 0";

    // SQLite takes a list as a JSON array of ids in hexadecimal.
    USERS = "
        SELECT u.id, u.role, u.name, u.email, u.epoch, u.disabled, u.created_at,
            u.signed_in_at
        FROM json_each($1) AS wanted
        CROSS JOIN users AS u ON u.id = unhex(wanted.value)", postgres = "
        SELECT u.id, u.role, u.name, u.email, u.epoch, u.disabled, u.created_at,
            u.signed_in_at
        FROM users AS u
        WHERE u.id = ANY ($1)";

    // For a user without name and address, the labels of all invitations they claimed.
    NAMES_OF_PEOPLE = "
        SELECT u.id, coalesce(u.name, u.email) AS name, i.id AS invitation_id, i.label
        FROM json_each($1) AS wanted
        CROSS JOIN users AS u ON u.id = unhex(wanted.value)
        LEFT JOIN invitations AS i
            ON i.claimed_by = u.id AND u.name IS NULL AND u.email IS NULL", postgres = "
        SELECT u.id, coalesce(u.name, u.email) AS name, i.id AS invitation_id, i.label
        FROM users AS u
        LEFT JOIN invitations AS i
            ON i.claimed_by = u.id AND u.name IS NULL AND u.email IS NULL
        WHERE u.id = ANY ($1)";

    NAMES_OF_INVITATIONS = "
        SELECT i.id, i.label AS name
        FROM json_each($1) AS wanted
        CROSS JOIN invitations AS i ON i.id = unhex(wanted.value)", postgres = "
        SELECT i.id, i.label AS name
        FROM invitations AS i
        WHERE i.id = ANY ($1)";

    NAMES_OF_CONVERSATIONS = "
        SELECT c.id, i.label AS name
        FROM json_each($1) AS wanted
        CROSS JOIN conversations AS c ON c.id = unhex(wanted.value)
        JOIN invitations AS i ON i.id = c.invitation_id", postgres = "
        SELECT c.id, i.label AS name
        FROM conversations AS c
        JOIN invitations AS i ON i.id = c.invitation_id
        WHERE c.id = ANY ($1)";

    NAMES_OF_PRESETS = "
        SELECT p.id, p.label AS name
        FROM json_each($1) AS wanted
        CROSS JOIN quota_presets AS p ON p.id = unhex(wanted.value)", postgres = "
        SELECT p.id, p.label AS name
        FROM quota_presets AS p
        WHERE p.id = ANY ($1)";
}
