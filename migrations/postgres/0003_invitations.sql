CREATE TABLE invitations (
    id                    UUID    NOT NULL PRIMARY KEY,
    label                 TEXT    NOT NULL,
    -- What participants read of an invitation instead of its label.
    title                 TEXT,
    -- Invitations that were made together carry the id of the first of them.
    batch_id              UUID,
    -- Label and title in lower case, by the rules of Unicode: what lists search and sort by.
    search_text           TEXT COLLATE "C",
    token_hash            BYTEA   NOT NULL UNIQUE,
    link_version          BIGINT  NOT NULL,
    key_generation        TEXT    NOT NULL,
    scenario              TEXT,
    allow_custom_scenario BOOLEAN NOT NULL,
    coach                 BOOLEAN NOT NULL,
    aside                 BOOLEAN NOT NULL,
    consent_version       TEXT    NOT NULL,
    consent_text          TEXT    NOT NULL,
    contact               TEXT,
    expires_at            BIGINT,
    revoked_at            BIGINT,
    created_at            BIGINT  NOT NULL,
    created_by            UUID    NOT NULL,
    claimed_by            UUID,
    claimed_at            BIGINT,
    claimed_consent       TEXT,
    claimed_link          BIGINT  NOT NULL DEFAULT 0
);

CREATE INDEX invitations_by_author ON invitations (created_by, id);
CREATE INDEX invitations_of_person ON invitations (claimed_by, id) WHERE claimed_by IS NOT NULL;
CREATE INDEX invitations_by_label ON invitations (search_text, id);
CREATE INDEX invitations_by_author_and_label ON invitations (created_by, search_text, id);

-- Apart from the invitation, because every call writes it and it is short.
CREATE TABLE balances (
    invitation_id UUID   NOT NULL PRIMARY KEY REFERENCES invitations (id),
    quota         BIGINT NOT NULL CHECK (quota >= 0),
    used          BIGINT NOT NULL CHECK (used >= 0),
    reserved      BIGINT NOT NULL CHECK (reserved >= 0)
) WITH (fillfactor = 50);

-- Links that a newer one replaced: they open nothing, but say that they were replaced.
CREATE TABLE replaced_links (
    token_hash    BYTEA NOT NULL PRIMARY KEY,
    invitation_id UUID  NOT NULL REFERENCES invitations (id)
);
