-- How each model call went, beside its charge. Entries from before have the outcome `unknown`. Durations are in
-- microseconds. `model` is the model that answered, as the provider named it.
ALTER TABLE usage_entries ADD COLUMN outcome         TEXT    NOT NULL DEFAULT 'unknown';
ALTER TABLE usage_entries ADD COLUMN outcome_detail  TEXT;
ALTER TABLE usage_entries ADD COLUMN requested_model TEXT;
ALTER TABLE usage_entries ADD COLUMN first_token_us  INTEGER;
ALTER TABLE usage_entries ADD COLUMN elapsed_us      INTEGER;
ALTER TABLE usage_entries ADD COLUMN waited_us       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_entries ADD COLUMN retries         INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_entries ADD COLUMN finish_reason   TEXT;
ALTER TABLE usage_entries ADD COLUMN request_id      TEXT;
ALTER TABLE usage_entries ADD COLUMN prompt_sha256   TEXT;
ALTER TABLE usage_entries ADD COLUMN build           TEXT;
