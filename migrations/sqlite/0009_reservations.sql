-- Tokens reserved for one model call have the name that the code, the ledger and the screens give them.
DROP INDEX calls_outside_turns;

ALTER TABLE calls RENAME TO reservations;
ALTER TABLE reservations RENAME COLUMN held TO is_open;
ALTER TABLE reservations RENAME COLUMN input_bound TO reserved_input;
ALTER TABLE reservations RENAME COLUMN output_bound TO reserved_output;

CREATE INDEX reservations_outside_turns ON reservations (created_at)
    WHERE is_open = 1 AND turn_id IS NULL;

ALTER TABLE usage_entries RENAME COLUMN call_id TO reservation_id;
ALTER TABLE usage_entries RENAME COLUMN input_bound TO reserved_input;
ALTER TABLE usage_entries RENAME COLUMN output_bound TO reserved_output;

ALTER TABLE audit_entries RENAME COLUMN deed TO action;
