-- The most turns that a conversation may be shown; NULL before the first turn, and after tokens were added.
ALTER TABLE conversations ADD COLUMN turns_ceiling INTEGER;

CREATE INDEX conversations_with_ceiling ON conversations (allowance)
    WHERE allowance = 1 AND turns_ceiling IS NOT NULL;
