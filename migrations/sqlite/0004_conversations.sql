CREATE TABLE conversations (
    id               BLOB    NOT NULL PRIMARY KEY,
    owner_id         BLOB    NOT NULL,
    invitation_id    BLOB    REFERENCES invitations (id),
    scenario         TEXT,
    scenario_version TEXT,
    coach            INTEGER NOT NULL,
    aside            INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    turn             INTEGER NOT NULL,
    end_reason       TEXT,
    ended_at         INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX conversations_of_owner ON conversations (owner_id, id);
CREATE INDEX conversations_of_invitation ON conversations (invitation_id, id)
    WHERE invitation_id IS NOT NULL;

-- Apart from the conversation, because it is long and never written again.
CREATE TABLE scripts (
    conversation_id     BLOB    NOT NULL PRIMARY KEY REFERENCES conversations (id),
    title               TEXT    NOT NULL,
    card                TEXT    NOT NULL,
    language            TEXT    NOT NULL,
    partner_name        TEXT    NOT NULL,
    partner_prompt      TEXT    NOT NULL,
    partner_temperature REAL,
    partner_max_output  INTEGER NOT NULL,
    opening             TEXT,
    coach_prompt        TEXT    NOT NULL,
    coach_temperature   REAL,
    coach_max_output    INTEGER NOT NULL,
    coach_when          TEXT    NOT NULL,
    coach_sees          TEXT    NOT NULL,
    max_turns           INTEGER,
    max_seconds         INTEGER
) STRICT;

-- A turn or an aside. What its newest attempt was answered stands beside its state.
CREATE TABLE turns (
    id              BLOB    NOT NULL PRIMARY KEY,
    conversation_id BLOB    NOT NULL REFERENCES conversations (id),
    number          INTEGER NOT NULL,
    aside           INTEGER NOT NULL,
    is_open         INTEGER NOT NULL,
    fence           INTEGER NOT NULL,
    stop            INTEGER NOT NULL DEFAULT 0,
    lease_until     INTEGER NOT NULL,
    attempt_id      BLOB    NOT NULL,
    reply_id        INTEGER NOT NULL,
    owed            TEXT,
    message_id      INTEGER NOT NULL,
    message_at      INTEGER NOT NULL,
    first_fence     INTEGER NOT NULL,
    first_lane      TEXT    NOT NULL,
    first_reply_id  INTEGER NOT NULL,
    coach_left_out  INTEGER NOT NULL,
    skipped_id      INTEGER,
    before_id       INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX turns_open ON turns (conversation_id) WHERE is_open = 1;
CREATE INDEX turns_of_conversation ON turns (conversation_id, message_id);

CREATE TABLE messages (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id    BLOB    NOT NULL REFERENCES conversations (id),
    turn_id            BLOB,
    turn               INTEGER NOT NULL,
    fence              INTEGER NOT NULL,
    role               TEXT    NOT NULL,
    aside              INTEGER NOT NULL,
    content            TEXT    NOT NULL,
    status             TEXT    NOT NULL,
    skip_reason        TEXT,
    replaces_id        INTEGER,
    client_id          TEXT,
    created_at         INTEGER NOT NULL,
    first_delta_at     INTEGER,
    done_at            INTEGER,
    seen_at            INTEGER,
    finish_reason      TEXT,
    timing             TEXT    NOT NULL DEFAULT '',
    model              TEXT,
    input_tokens       INTEGER,
    cached_input       INTEGER,
    cache_write        INTEGER,
    output_tokens      INTEGER,
    reasoning          INTEGER
) STRICT;

CREATE INDEX messages_of_conversation ON messages (conversation_id, id);
CREATE INDEX messages_of_turn ON messages (turn_id, id) WHERE turn_id IS NOT NULL;
CREATE INDEX messages_said ON messages (conversation_id, id) WHERE role = 'user';
CREATE UNIQUE INDEX messages_client_id ON messages (conversation_id, client_id)
    WHERE client_id IS NOT NULL;
