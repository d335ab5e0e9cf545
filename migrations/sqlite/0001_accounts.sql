CREATE TABLE users (
    id          BLOB    NOT NULL PRIMARY KEY,
    role        TEXT    NOT NULL,
    name        TEXT,
    email       TEXT,
    epoch       INTEGER NOT NULL DEFAULT 0,
    disabled    INTEGER NOT NULL DEFAULT 0,
    local_admin INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX users_local_admin ON users (local_admin) WHERE local_admin = 1;

CREATE TABLE spent_nonces (
    nonce       TEXT    NOT NULL PRIMARY KEY,
    spent_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_nonces_until ON spent_nonces (spent_until);
