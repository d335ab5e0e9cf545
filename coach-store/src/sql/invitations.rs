//! Invitations and their token balances.

/// All columns of invitations, for the rows selected by the rest of the statement.
macro_rules! invitation {
    ($($rest:tt)+) => {
        concat!(
            "
        SELECT
            i.id, i.label, i.title, i.batch_id, i.token_hash, i.link_version, i.key_generation,
            b.quota, b.used, b.reserved, i.scenario, i.allow_custom_scenario, i.coach, i.aside, i.consent_version,
            i.consent_text, i.contact, i.expires_at, i.revoked_at, i.created_at, i.created_by,
            i.claimed_by, i.claimed_at, i.claimed_link
        FROM invitations AS i
        JOIN balances AS b ON b.invitation_id = i.id
",
            $($rest)+
        )
    };
}

pub(super) use invitation;

statements! {
    INVITE = "
        INSERT INTO invitations (
            id, label, token_hash, link_version, key_generation, scenario, allow_custom_scenario,
            coach, aside, consent_version, consent_text, contact, expires_at, revoked_at,
            created_at, created_by, claimed_by, claimed_at, claimed_link, title, batch_id,
            search_text
        )
        VALUES (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
            $20, $21, $22
        )";

    OPEN_BALANCE = "
        INSERT INTO balances (invitation_id, quota, used, reserved)
        VALUES ($1, $2, $3, $4)";

    INVITATION = invitation!("
        WHERE i.id = $1");

    INVITATION_BY_TOKEN = invitation!("
        WHERE i.token_hash = $1");

    INVITATION_BY_REPLACED_TOKEN = invitation!("
        JOIN replaced_links AS r ON r.invitation_id = i.id
        WHERE r.token_hash = $1");

    INVITATIONS_OF = invitation!("
        WHERE i.claimed_by = $1
        ORDER BY i.id DESC");

    KNOWN_INVITATIONS = "SELECT id, token_hash FROM invitations WHERE id = $1 OR token_hash = $2";

    CLAIM = "
        UPDATE invitations SET
            claimed_by = $2, claimed_at = $3, claimed_consent = $4, claimed_link = $5
        WHERE id = $1";

    RECLAIM = "UPDATE invitations SET claimed_link = $2 WHERE id = $1";

    AMEND = "
        UPDATE invitations SET
            label = $2, title = $3, contact = $4, expires_at = $5, search_text = $6
        WHERE id = $1";

    SET_QUOTA = "UPDATE balances SET quota = $2 WHERE invitation_id = $1";

    REMEMBER_LINK = "INSERT INTO replaced_links (token_hash, invitation_id) VALUES ($1, $2)";

    // Tokens were added, so every conversation that they pay for is estimated anew.
    EMPTY_CEILINGS = "
        UPDATE conversations SET turns_ceiling = NULL
        WHERE invitation_id = $1 AND turns_ceiling IS NOT NULL";

    RENEW_LINK = "
        UPDATE invitations SET token_hash = $2, link_version = $3, key_generation = $4
        WHERE id = $1";

    REVOKE = "UPDATE invitations SET revoked_at = $2 WHERE id = $1";

    SEARCH_TEXTS = "SELECT id, label, title FROM invitations WHERE search_text IS NULL";

    SET_SEARCH_TEXT = "UPDATE invitations SET search_text = $2 WHERE id = $1";
}
