-- A standalone call belongs to its caller for a time that the database stamps, as turns do.
ALTER TABLE reservations ADD COLUMN lease_until BIGINT;

UPDATE reservations SET lease_until = 0 WHERE is_open AND turn_id IS NULL;

DROP INDEX reservations_outside_turns;

CREATE INDEX reservations_outside_turns ON reservations (lease_until)
    WHERE is_open AND turn_id IS NULL;
