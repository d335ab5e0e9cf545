-- Researchers' notes on an invitation, perhaps on one of its conversations and one of its messages. The tags of a
-- note are the ids of tags in hexadecimal, one after another with spaces between them.
CREATE TABLE notes (
    id              UUID   NOT NULL PRIMARY KEY,
    invitation_id   UUID   NOT NULL REFERENCES invitations (id),
    conversation_id UUID   REFERENCES conversations (id),
    message_id      BIGINT,
    author_id       UUID   NOT NULL,
    client_id       TEXT,
    body            TEXT   NOT NULL,
    tags            TEXT   NOT NULL,
    started_at      BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    edited_at       BIGINT,
    deleted_at      BIGINT,
    erased_at       BIGINT
);

CREATE INDEX notes_of_invitation ON notes (invitation_id, id);
CREATE INDEX notes_by_age ON notes (created_at);
CREATE UNIQUE INDEX notes_client_id ON notes (author_id, client_id) WHERE client_id IS NOT NULL;

-- The versions of a note before its current one.
CREATE TABLE note_versions (
    note_id UUID   NOT NULL REFERENCES notes (id),
    version BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    tags    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (note_id, version)
);

CREATE TABLE note_reads (
    user_id UUID   NOT NULL,
    note_id UUID   NOT NULL REFERENCES notes (id),
    PRIMARY KEY (user_id, note_id)
);

-- The team's tags; one that was removed from the list has no place in it and stays for the notes that have it.
CREATE TABLE tags (
    id    UUID   NOT NULL PRIMARY KEY,
    name  TEXT   NOT NULL,
    key   TEXT   NOT NULL,
    place BIGINT
);

CREATE TABLE tag_lists (
    id      BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);

INSERT INTO tag_lists (id, version) VALUES (1, 1);

-- Who is watching a conversation now. The end of a look is an entry of the audit log, and the row is gone.
CREATE TABLE looks (
    id              UUID   NOT NULL PRIMARY KEY,
    conversation_id UUID   NOT NULL,
    actor_id        UUID   NOT NULL,
    address         TEXT,
    since           BIGINT NOT NULL,
    seen_at         BIGINT NOT NULL,
    lease_until     BIGINT NOT NULL
);

CREATE INDEX looks_of_conversation ON looks (conversation_id);

-- The last read of a conversation by another user than its participant that is in the audit log.
CREATE TABLE audited_reads (
    actor_id        UUID   NOT NULL,
    conversation_id UUID   NOT NULL,
    at              BIGINT NOT NULL,
    PRIMARY KEY (actor_id, conversation_id)
);

-- The newest ends, for the researchers' desk.
CREATE INDEX conversations_by_end ON conversations (ended_at, id)
    WHERE ended_at IS NOT NULL AND invitation_id IS NOT NULL;
