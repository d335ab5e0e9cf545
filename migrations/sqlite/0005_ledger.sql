-- Tokens held for one model call.
CREATE TABLE calls (
    id              BLOB    NOT NULL PRIMARY KEY,
    turn_id         BLOB,
    conversation_id BLOB,
    invitation_id   BLOB,
    lane            TEXT    NOT NULL,
    input_bound     INTEGER NOT NULL,
    output_bound    INTEGER NOT NULL,
    day             INTEGER NOT NULL,
    message_id      INTEGER,
    held            INTEGER NOT NULL,
    created_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX calls_outside_turns ON calls (created_at) WHERE held = 1 AND turn_id IS NULL;

-- Append-only, ids only: no person, no words, no reference that erasing would have to follow.
CREATE TABLE usage_entries (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id         BLOB    NOT NULL UNIQUE,
    invitation_id   BLOB,
    conversation_id BLOB,
    message_id      INTEGER,
    lane            TEXT    NOT NULL,
    input_bound     INTEGER NOT NULL,
    output_bound    INTEGER NOT NULL,
    source          TEXT    NOT NULL,
    input_tokens    INTEGER NOT NULL,
    cached_input    INTEGER NOT NULL,
    cache_write     INTEGER NOT NULL,
    output_tokens   INTEGER NOT NULL,
    reasoning       INTEGER NOT NULL,
    model           TEXT,
    cost_micro_usd  INTEGER,
    created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX usage_entries_of_conversation ON usage_entries (conversation_id, id);

CREATE TRIGGER usage_entries_stay BEFORE UPDATE ON usage_entries
BEGIN
    SELECT RAISE(ABORT, 'usage entries are append-only');
END;

CREATE TRIGGER usage_entries_remain BEFORE DELETE ON usage_entries
BEGIN
    SELECT RAISE(ABORT, 'usage entries are append-only');
END;

-- What everybody together has spent and holds of one day, counted in days since 1970, UTC.
CREATE TABLE days (
    day      INTEGER PRIMARY KEY,
    used     INTEGER NOT NULL CHECK (used >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0)
) STRICT;
