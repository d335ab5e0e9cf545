-- A flag is a condition of its own, as statements for both databases write it; SQLite uses a partial index only
-- for a condition that is written in the same way.
DROP INDEX users_local_admin;
CREATE UNIQUE INDEX users_local_admin ON users (local_admin) WHERE local_admin;

DROP INDEX users_admins;
CREATE INDEX users_admins ON users (id) WHERE role = 'ADMIN' AND NOT disabled;

DROP INDEX turns_open;
CREATE UNIQUE INDEX turns_open ON turns (conversation_id) WHERE is_open;

DROP INDEX reservations_outside_turns;
CREATE INDEX reservations_outside_turns ON reservations (created_at)
    WHERE is_open AND turn_id IS NULL;

DROP INDEX quota_presets_allowance;
CREATE UNIQUE INDEX quota_presets_allowance ON quota_presets (is_allowance) WHERE is_allowance;

DROP INDEX conversations_with_ceiling;
CREATE INDEX conversations_with_ceiling ON conversations (allowance)
    WHERE allowance AND turns_ceiling IS NOT NULL;
