CREATE TABLE invitations (
    id                    BLOB    NOT NULL PRIMARY KEY,
    label                 TEXT    NOT NULL,
    token_hash            BLOB    NOT NULL UNIQUE,
    link_version          INTEGER NOT NULL,
    key_generation        TEXT    NOT NULL,
    scenario              TEXT,
    allow_custom_scenario INTEGER NOT NULL,
    coach                 INTEGER NOT NULL,
    aside                 INTEGER NOT NULL,
    consent_version       TEXT    NOT NULL,
    consent_text          TEXT    NOT NULL,
    contact               TEXT,
    expires_at            INTEGER,
    revoked_at            INTEGER,
    created_at            INTEGER NOT NULL,
    created_by            BLOB    NOT NULL,
    claimed_by            BLOB,
    claimed_at            INTEGER,
    claimed_consent       TEXT
) STRICT;

CREATE INDEX invitations_by_author ON invitations (created_by, id);
CREATE INDEX invitations_of_person ON invitations (claimed_by, id) WHERE claimed_by IS NOT NULL;

-- Apart from the invitation, because every call writes it and it is short.
CREATE TABLE balances (
    invitation_id BLOB    NOT NULL PRIMARY KEY REFERENCES invitations (id),
    quota         INTEGER NOT NULL CHECK (quota >= 0),
    used          INTEGER NOT NULL CHECK (used >= 0),
    reserved      INTEGER NOT NULL CHECK (reserved >= 0)
) STRICT, WITHOUT ROWID;
