-- Tokens reserved for one model call.
CREATE TABLE reservations (
    id              UUID    NOT NULL PRIMARY KEY,
    turn_id         UUID,
    conversation_id UUID,
    invitation_id   UUID,
    allowance_of    UUID,
    lane            TEXT    NOT NULL,
    reserved_input  BIGINT  NOT NULL,
    reserved_output BIGINT  NOT NULL,
    day             BIGINT  NOT NULL,
    message_id      BIGINT,
    is_open         BOOLEAN NOT NULL,
    created_at      BIGINT  NOT NULL
) WITH (fillfactor = 70);

CREATE INDEX reservations_outside_turns ON reservations (created_at)
    WHERE is_open AND turn_id IS NULL;

-- Append-only, ids only: no person, no words, no reference that erasing would have to follow.
CREATE TABLE usage_entries (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reservation_id  UUID   NOT NULL UNIQUE,
    invitation_id   UUID,
    conversation_id UUID,
    message_id      BIGINT,
    lane            TEXT   NOT NULL,
    reserved_input  BIGINT NOT NULL,
    reserved_output BIGINT NOT NULL,
    source          TEXT   NOT NULL,
    input_tokens    BIGINT NOT NULL,
    cached_input    BIGINT NOT NULL,
    cache_write     BIGINT NOT NULL,
    output_tokens   BIGINT NOT NULL,
    reasoning       BIGINT NOT NULL,
    model           TEXT,
    cost_micro_usd  BIGINT,
    created_at      BIGINT NOT NULL
);

CREATE INDEX usage_entries_of_conversation ON usage_entries (conversation_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER usage_entries_stay BEFORE UPDATE OR DELETE ON usage_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER usage_entries_remain BEFORE TRUNCATE ON usage_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What all users have spent and reserved of one day, counted in days since 1970, UTC.
CREATE TABLE days (
    day      BIGINT PRIMARY KEY,
    used     BIGINT NOT NULL CHECK (used >= 0),
    reserved BIGINT NOT NULL CHECK (reserved >= 0)
) WITH (fillfactor = 10);
