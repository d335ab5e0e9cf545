CREATE TABLE conversations (
    id               UUID    NOT NULL PRIMARY KEY,
    owner_id         UUID    NOT NULL,
    invitation_id    UUID    REFERENCES invitations (id),
    allowance        BOOLEAN NOT NULL DEFAULT FALSE,
    scenario         TEXT,
    scenario_version TEXT,
    coach            BOOLEAN NOT NULL,
    aside            BOOLEAN NOT NULL,
    created_at       BIGINT  NOT NULL,
    turn             BIGINT  NOT NULL,
    -- The most turns that a conversation may be shown; NULL before the first turn, and after tokens were added.
    turns_ceiling    BIGINT,
    end_reason       TEXT,
    ended_at         BIGINT,
    -- When the words were erased, apart from when the conversation ended.
    erased_at        BIGINT
);

CREATE INDEX conversations_of_owner ON conversations (owner_id, id);
CREATE INDEX conversations_of_invitation ON conversations (invitation_id, id)
    WHERE invitation_id IS NOT NULL;
CREATE INDEX conversations_with_ceiling ON conversations (allowance)
    WHERE allowance AND turns_ceiling IS NOT NULL;

-- Apart from the conversation, because it is long and never written again.
CREATE TABLE scripts (
    conversation_id     UUID   NOT NULL PRIMARY KEY REFERENCES conversations (id),
    title               TEXT   NOT NULL,
    card                TEXT   NOT NULL,
    language            TEXT   NOT NULL,
    partner_name        TEXT   NOT NULL,
    partner_prompt      TEXT   NOT NULL,
    partner_temperature REAL,
    partner_max_output  BIGINT NOT NULL,
    opening             TEXT,
    coach_prompt        TEXT   NOT NULL,
    coach_temperature   REAL,
    coach_max_output    BIGINT NOT NULL,
    coach_when          TEXT   NOT NULL,
    coach_sees          TEXT   NOT NULL,
    max_turns           BIGINT,
    max_seconds         BIGINT
);

-- A turn or an aside. What its newest attempt was answered stands beside its state.
CREATE TABLE turns (
    id              UUID    NOT NULL PRIMARY KEY,
    conversation_id UUID    NOT NULL REFERENCES conversations (id),
    number          BIGINT  NOT NULL,
    aside           BOOLEAN NOT NULL,
    is_open         BOOLEAN NOT NULL,
    fence           BIGINT  NOT NULL,
    stop            BOOLEAN NOT NULL DEFAULT FALSE,
    lease_until     BIGINT  NOT NULL,
    attempt_id      UUID    NOT NULL,
    reply_id        BIGINT  NOT NULL,
    owed            TEXT,
    message_id      BIGINT  NOT NULL,
    message_at      BIGINT  NOT NULL,
    first_fence     BIGINT  NOT NULL,
    first_lane      TEXT    NOT NULL,
    first_reply_id  BIGINT  NOT NULL,
    coach_left_out  BOOLEAN NOT NULL,
    skipped_id      BIGINT,
    before_id       BIGINT
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX turns_open ON turns (conversation_id) WHERE is_open;
CREATE INDEX turns_of_conversation ON turns (conversation_id, message_id);

CREATE TABLE messages (
    id              BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id UUID    NOT NULL REFERENCES conversations (id),
    turn_id         UUID,
    turn            BIGINT  NOT NULL,
    fence           BIGINT  NOT NULL,
    role            TEXT    NOT NULL,
    aside           BOOLEAN NOT NULL,
    content         TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    skip_reason     TEXT,
    replaces_id     BIGINT,
    client_id       TEXT,
    created_at      BIGINT  NOT NULL,
    first_delta_at  BIGINT,
    done_at         BIGINT,
    -- How a coach's comment was on screen: in the strip (shown) or opened by the participant. First time,
    -- largest visible share of its text in percent, longest time in milliseconds.
    shown_at        BIGINT,
    shown_share     BIGINT,
    shown_ms        BIGINT,
    opened_at       BIGINT,
    opened_share    BIGINT,
    opened_ms       BIGINT,
    finish_reason   TEXT,
    timing          TEXT    NOT NULL DEFAULT '',
    model           TEXT,
    input_tokens    BIGINT,
    cached_input    BIGINT,
    cache_write     BIGINT,
    output_tokens   BIGINT,
    reasoning       BIGINT
) WITH (fillfactor = 70);

CREATE INDEX messages_of_conversation ON messages (conversation_id, id);
CREATE INDEX messages_of_turn ON messages (turn_id, id) WHERE turn_id IS NOT NULL;
CREATE INDEX messages_said ON messages (conversation_id, id) WHERE role = 'user';
CREATE UNIQUE INDEX messages_client_id ON messages (conversation_id, client_id)
    WHERE client_id IS NOT NULL;
