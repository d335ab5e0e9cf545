//! Invitations and their accounts of tokens.

statements! {
    INVITE = "
        INSERT INTO invitations (
            id, label, token_hash, link_version, key_generation, scenario, allow_custom_scenario,
            coach, aside, consent_version, consent_text, contact, expires_at, revoked_at,
            created_at, created_by, claimed_by, claimed_at
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

    OPEN_BALANCE = "
        INSERT INTO balances (invitation_id, quota, used, reserved)
        VALUES ($1, $2, $3, $4)";

    INVITATION = "
        SELECT
            i.id, i.label, i.token_hash, i.link_version, i.key_generation, b.quota, b.used,
            b.reserved, i.scenario, i.allow_custom_scenario, i.coach, i.aside, i.consent_version,
            i.consent_text, i.contact, i.expires_at, i.revoked_at, i.created_at, i.created_by,
            i.claimed_by, i.claimed_at
        FROM invitations AS i
        JOIN balances AS b ON b.invitation_id = i.id
        WHERE i.id = $1";

    INVITATION_BY_TOKEN = "
        SELECT
            i.id, i.label, i.token_hash, i.link_version, i.key_generation, b.quota, b.used,
            b.reserved, i.scenario, i.allow_custom_scenario, i.coach, i.aside, i.consent_version,
            i.consent_text, i.contact, i.expires_at, i.revoked_at, i.created_at, i.created_by,
            i.claimed_by, i.claimed_at
        FROM invitations AS i
        JOIN balances AS b ON b.invitation_id = i.id
        WHERE i.token_hash = $1";

    INVITATIONS = "
        SELECT
            i.id, i.label, i.token_hash, i.link_version, i.key_generation, b.quota, b.used,
            b.reserved, i.scenario, i.allow_custom_scenario, i.coach, i.aside, i.consent_version,
            i.consent_text, i.contact, i.expires_at, i.revoked_at, i.created_at, i.created_by,
            i.claimed_by, i.claimed_at
        FROM invitations AS i
        JOIN balances AS b ON b.invitation_id = i.id
        WHERE i.id < $1
        ORDER BY i.id DESC
        LIMIT $2";

    INVITATIONS_BY = "
        SELECT
            i.id, i.label, i.token_hash, i.link_version, i.key_generation, b.quota, b.used,
            b.reserved, i.scenario, i.allow_custom_scenario, i.coach, i.aside, i.consent_version,
            i.consent_text, i.contact, i.expires_at, i.revoked_at, i.created_at, i.created_by,
            i.claimed_by, i.claimed_at
        FROM invitations AS i
        JOIN balances AS b ON b.invitation_id = i.id
        WHERE i.created_by = $1 AND i.id < $2
        ORDER BY i.id DESC
        LIMIT $3";

    INVITATIONS_OF = "
        SELECT
            i.id, i.label, i.token_hash, i.link_version, i.key_generation, b.quota, b.used,
            b.reserved, i.scenario, i.allow_custom_scenario, i.coach, i.aside, i.consent_version,
            i.consent_text, i.contact, i.expires_at, i.revoked_at, i.created_at, i.created_by,
            i.claimed_by, i.claimed_at
        FROM invitations AS i
        JOIN balances AS b ON b.invitation_id = i.id
        WHERE i.claimed_by = $1
        ORDER BY i.id DESC";

    CLAIM = "
        UPDATE invitations SET claimed_by = $2, claimed_at = $3, claimed_consent = $4
        WHERE id = $1
            AND claimed_by IS NULL
            AND revoked_at IS NULL
            AND (expires_at IS NULL OR expires_at > $3)";

    CLAIMED = "SELECT claimed_by, revoked_at FROM invitations WHERE id = $1";

    REVOKE = "UPDATE invitations SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
}
