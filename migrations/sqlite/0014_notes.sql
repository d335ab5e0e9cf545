-- Researchers' notes on an invitation, perhaps on one of its conversations and one of its messages. The tags of a
-- note are the ids of tags in hexadecimal, one after another with spaces between them.
CREATE TABLE notes (
    id              BLOB    NOT NULL PRIMARY KEY,
    invitation_id   BLOB    NOT NULL REFERENCES invitations (id),
    conversation_id BLOB    REFERENCES conversations (id),
    message_id      INTEGER,
    author_id       BLOB    NOT NULL,
    client_id       TEXT,
    body            TEXT    NOT NULL,
    tags            TEXT    NOT NULL,
    started_at      INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    edited_at       INTEGER,
    deleted_at      INTEGER,
    erased_at       INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX notes_of_invitation ON notes (invitation_id, id);
CREATE INDEX notes_by_age ON notes (created_at);
CREATE UNIQUE INDEX notes_client_id ON notes (author_id, client_id) WHERE client_id IS NOT NULL;

-- The versions of a note before its current one.
CREATE TABLE note_versions (
    note_id BLOB    NOT NULL REFERENCES notes (id),
    version INTEGER NOT NULL,
    body    TEXT    NOT NULL,
    tags    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (note_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE note_reads (
    user_id BLOB NOT NULL,
    note_id BLOB NOT NULL REFERENCES notes (id),
    PRIMARY KEY (user_id, note_id)
) STRICT, WITHOUT ROWID;

-- The team's tags; one that was removed from the list has no place in it and stays for the notes that have it.
CREATE TABLE tags (
    id    BLOB    NOT NULL PRIMARY KEY,
    name  TEXT    NOT NULL,
    key   TEXT    NOT NULL,
    place INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE tag_lists (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
) STRICT;

INSERT INTO tag_lists (id, version) VALUES (1, 1);

-- Who is watching a conversation now. The end of a look is an entry of the audit log, and the row is gone.
CREATE TABLE looks (
    id              BLOB    NOT NULL PRIMARY KEY,
    conversation_id BLOB    NOT NULL,
    actor_id        BLOB    NOT NULL,
    address         TEXT,
    since           INTEGER NOT NULL,
    seen_at         INTEGER NOT NULL,
    lease_until     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX looks_of_conversation ON looks (conversation_id);

-- The last read of a conversation by another user than its participant that is in the audit log.
CREATE TABLE audited_reads (
    actor_id        BLOB    NOT NULL,
    conversation_id BLOB    NOT NULL,
    at              INTEGER NOT NULL,
    PRIMARY KEY (actor_id, conversation_id)
) STRICT, WITHOUT ROWID;

-- The newest ends, for the researchers' desk.
CREATE INDEX conversations_by_end ON conversations (ended_at, id)
    WHERE ended_at IS NOT NULL AND invitation_id IS NOT NULL;
