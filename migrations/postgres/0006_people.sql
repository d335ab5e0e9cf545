-- Who a user is to a sign-in provider: recognized by issuer and subject, never by an address.
CREATE TABLE identities (
    issuer         TEXT    NOT NULL,
    subject        TEXT    NOT NULL,
    user_id        UUID    NOT NULL REFERENCES users (id),
    name           TEXT,
    email          TEXT,
    email_verified BOOLEAN NOT NULL,
    linked_at      BIGINT  NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX identities_of_user ON identities (user_id, linked_at);

-- Ids only: no words, and nothing that erasing would have to follow.
CREATE TABLE audit_entries (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           BIGINT NOT NULL,
    actor_id     UUID,
    action       TEXT   NOT NULL,
    detail       TEXT,
    subject_kind TEXT,
    subject_id   UUID,
    address      TEXT
);

CREATE INDEX audit_entries_of_actor ON audit_entries (actor_id, id);

CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entries_remain BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE quota_presets (
    id           UUID    NOT NULL PRIMARY KEY,
    label        TEXT    NOT NULL,
    tokens       BIGINT  NOT NULL CHECK (tokens >= 0),
    is_allowance BOOLEAN NOT NULL DEFAULT FALSE,
    -- A removed preset stays for the audit log, which names it.
    removed_at   BIGINT
);

CREATE UNIQUE INDEX quota_presets_allowance ON quota_presets (is_allowance) WHERE is_allowance;

INSERT INTO quota_presets (id, label, tokens, is_allowance)
VALUES
    ('00000000-0000-0000-0000-000000000001', 'Allowance', 0, TRUE),
    ('00000000-0000-0000-0000-000000000002', 'One conversation', 60000, FALSE),
    ('00000000-0000-0000-0000-000000000003', 'Three conversations', 120000, FALSE),
    ('00000000-0000-0000-0000-000000000004', 'Ten conversations', 370000, FALSE);

-- What signed-in users without an invitation spent of the allowance, whose number is the preset's.
-- `carried` was spent in an account that was erased.
CREATE TABLE allowances (
    user_id  UUID   NOT NULL PRIMARY KEY,
    used     BIGINT NOT NULL CHECK (used >= 0),
    reserved BIGINT NOT NULL CHECK (reserved >= 0),
    carried  BIGINT NOT NULL DEFAULT 0 CHECK (carried >= 0)
) WITH (fillfactor = 50);

-- What erased users had spent of the allowance, by a hash of each identity, from which no user can be read.
CREATE TABLE spent_before (
    trace BYTEA  NOT NULL PRIMARY KEY,
    used  BIGINT NOT NULL
);
