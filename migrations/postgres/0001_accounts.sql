CREATE TABLE users (
    id           UUID    NOT NULL PRIMARY KEY,
    role         TEXT    NOT NULL,
    name         TEXT,
    email        TEXT,
    epoch        BIGINT  NOT NULL DEFAULT 0,
    disabled     BOOLEAN NOT NULL DEFAULT FALSE,
    local_admin  BOOLEAN NOT NULL DEFAULT FALSE,
    created_at   BIGINT  NOT NULL,
    signed_in_at BIGINT
);

CREATE UNIQUE INDEX users_local_admin ON users (local_admin) WHERE local_admin;
CREATE INDEX users_admins ON users (id) WHERE role = 'ADMIN' AND NOT disabled;

CREATE TABLE spent_nonces (
    nonce       TEXT   NOT NULL PRIMARY KEY,
    spent_until BIGINT NOT NULL
);

CREATE INDEX spent_nonces_until ON spent_nonces (spent_until);
