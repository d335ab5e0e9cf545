//! Locks of rows. In SQLite one connection writes, so that nothing changes between the statements of a transaction;
//! PostgreSQL runs transactions side by side, and these keep others away from the rows that a decision is about.
//!
//! A statement sees what was committed when it began, so a function locks first and reads in its next statement.
//! Functions of a turn and of the ledger lock in this order: identities, users, conversations, turns, invitations, presets,
//! reservations, balances and allowances, days. Recovery and
//! erasing, which close turns of several conversations, begin in the middle of it; a transaction that PostgreSQL
//! ends because of a deadlock runs again.

/// The part of a statement of PostgreSQL that locks the counters of a conversation's payer, once `first` is known to
/// be true, and reads them as `payer_balance` or `payer_allowance`. It is to be sent when the conversation is locked,
/// which keeps its payer.
macro_rules! lock_payer {
    ($conversation:literal, $first:literal) => {
        concat!(
            "
        payer_balance AS (
            SELECT * FROM balances
            WHERE invitation_id = (SELECT invitation_id FROM conversations WHERE id = ",
            $conversation,
            ")",
            $first,
            "
            FOR NO KEY UPDATE
        ),
        payer_allowance AS (
            SELECT * FROM allowances
            WHERE user_id = (SELECT owner_id FROM conversations WHERE id = ",
            $conversation,
            " AND allowance)",
            $first,
            "
            FOR NO KEY UPDATE
        )"
        )
    };
}

pub(super) use lock_payer;

statements! {
    // `$1` and `$2` are issuer and subject. An identity that is not known yet has no row to lock.
    IDENTITY = "", postgres = "SELECT pg_advisory_xact_lock(hashtextextended($1, hashtextextended($2, 0)))";

    USER = "", postgres = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";

    TWO_USERS = "", postgres = "
        SELECT id FROM users WHERE id IN ($1, $2) ORDER BY id FOR NO KEY UPDATE";

    // One user and all administrators who can sign in, of whom one must remain.
    USER_AND_ADMINS = "", postgres = "
        SELECT id FROM users
        WHERE id = $1 OR role = 'ADMIN' AND NOT disabled
        ORDER BY id
        FOR NO KEY UPDATE";

    LOCAL_ADMIN = "", postgres = "SELECT id FROM users WHERE local_admin FOR NO KEY UPDATE";

    // The user of an identity.
    OWNER = "", postgres = "
        SELECT id FROM users
        WHERE id = (SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2)
        FOR NO KEY UPDATE";

    // The user who claimed an invitation.
    CLAIMANT = "", postgres = "
        SELECT id FROM users
        WHERE id = (SELECT claimed_by FROM invitations WHERE id = $1)
        FOR NO KEY UPDATE";

    CONVERSATION = "", postgres = "SELECT id FROM conversations WHERE id = $1 FOR NO KEY UPDATE";

    CONVERSATIONS_OF_USER = "", postgres = "
        SELECT id FROM conversations WHERE owner_id = $1 ORDER BY id FOR NO KEY UPDATE";

    CONVERSATIONS_OF_INVITATION = "", postgres = "
        SELECT id FROM conversations WHERE invitation_id = $1 ORDER BY id FOR NO KEY UPDATE";

    CONVERSATIONS_OF_ALLOWANCE = "", postgres = "
        SELECT id FROM conversations
        WHERE allowance AND ended_at IS NULL
        ORDER BY id
        FOR NO KEY UPDATE";

    INVITATION = "", postgres = "SELECT id FROM invitations WHERE id = $1 FOR NO KEY UPDATE";

    PRESET = "", postgres = "SELECT id FROM quota_presets WHERE id = $1 FOR NO KEY UPDATE";

    RESERVATION = "", postgres = "SELECT id FROM reservations WHERE id = $1 FOR NO KEY UPDATE";

    // Waits for all transactions that add usage entries, and keeps new ones waiting; see `INSERT_ENTRY`.
    ENTRIES = "", postgres = "SELECT pg_advisory_xact_lock(7311046205918)";

    BALANCE = "", postgres = "
        SELECT invitation_id FROM balances WHERE invitation_id = $1 FOR NO KEY UPDATE";

    ALLOWANCE = "", postgres = "
        INSERT INTO allowances (user_id, used, reserved)
        VALUES ($1, 0, 0)
        ON CONFLICT (user_id) DO UPDATE SET used = allowances.used";

    NOTE = "", postgres = "SELECT id FROM notes WHERE id = $1 FOR NO KEY UPDATE";

    // The notes on a user who is erased.
    NOTES_ON = "", postgres = "
        SELECT id FROM notes
        WHERE invitation_id IN (
            SELECT id FROM invitations WHERE claimed_by = $1
            UNION ALL
            SELECT invitation_id FROM conversations WHERE owner_id = $1 AND invitation_id IS NOT NULL
        )
        ORDER BY id
        FOR NO KEY UPDATE";

    // The notes of an author: of two with the same name, the second finds the first. `$1` is the author's id.
    NOTES_OF_AUTHOR = "", postgres = "SELECT pg_advisory_xact_lock(hashtextextended(CAST($1 AS uuid)::text, 2))";

    TAG_LIST = "", postgres = "SELECT id FROM tag_lists WHERE id = 1 FOR NO KEY UPDATE";

    // The reads of a conversation by one user: `$1` is the conversation, `$2` the user.
    READS = "", postgres = "
        SELECT pg_advisory_xact_lock(
            hashtextextended(CAST($1 AS uuid)::text, hashtextextended(CAST($2 AS uuid)::text, 3))
        )";

    // A scenario's versions.
    SCENARIO = "", postgres = "SELECT pg_advisory_xact_lock(hashtextextended($1, 1))";
}
