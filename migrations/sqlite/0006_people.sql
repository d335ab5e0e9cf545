ALTER TABLE users ADD COLUMN signed_in_at INTEGER;

CREATE INDEX users_admins ON users (disabled, id) WHERE role = 'ADMIN';

-- Who somebody is to a sign-in provider: recognised by issuer and subject, never by an address.
CREATE TABLE identities (
    issuer         TEXT    NOT NULL,
    subject        TEXT    NOT NULL,
    user_id        BLOB    NOT NULL REFERENCES users (id),
    name           TEXT,
    email          TEXT,
    email_verified INTEGER NOT NULL,
    linked_at      INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_of_user ON identities (user_id, linked_at);

-- Ids only: nobody's words, and nothing that erasing would have to follow.
CREATE TABLE audit_entries (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    actor_id     BLOB,
    deed         TEXT    NOT NULL,
    detail       TEXT,
    subject_kind TEXT,
    subject_id   BLOB,
    address      TEXT
) STRICT;

CREATE INDEX audit_entries_of_actor ON audit_entries (actor_id, id);

CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit entries are append-only');
END;

CREATE TRIGGER audit_entries_remain BEFORE DELETE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit entries are append-only');
END;

CREATE TABLE quota_presets (
    id           BLOB    NOT NULL PRIMARY KEY,
    label        TEXT    NOT NULL,
    tokens       INTEGER NOT NULL CHECK (tokens >= 0),
    is_allowance INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX quota_presets_allowance ON quota_presets (is_allowance) WHERE is_allowance = 1;

INSERT INTO quota_presets (id, label, tokens, is_allowance)
VALUES
    (x'00000000000000000000000000000001', 'Allowance', 0, 1),
    (x'00000000000000000000000000000002', 'Short', 60000, 0),
    (x'00000000000000000000000000000003', 'Standard', 120000, 0),
    (x'00000000000000000000000000000004', 'Long', 400000, 0);

-- What signed-in people without an invitation spent of the allowance, whose number is the preset's.
-- `carried` was spent in an account that was erased.
CREATE TABLE allowances (
    user_id  BLOB    NOT NULL PRIMARY KEY,
    used     INTEGER NOT NULL CHECK (used >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    carried  INTEGER NOT NULL DEFAULT 0 CHECK (carried >= 0)
) STRICT, WITHOUT ROWID;

-- What erased people had spent of the allowance, by a hash of each identity: nobody can be read from it.
CREATE TABLE spent_before (
    trace BLOB    NOT NULL PRIMARY KEY,
    used  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE conversations ADD COLUMN allowance INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN allowance_of BLOB;
ALTER TABLE invitations ADD COLUMN claimed_link INTEGER NOT NULL DEFAULT 0;
UPDATE invitations SET claimed_link = link_version WHERE claimed_by IS NOT NULL;
