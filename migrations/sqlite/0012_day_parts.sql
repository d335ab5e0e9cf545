-- What all users have spent and reserved of one day, in parts that are changed side by side: calls of different
-- conversations must not wait for each other. Only the sum of a day's parts has a meaning; a single part's reserved
-- tokens may be negative.
CREATE TABLE day_parts (
    day      INTEGER NOT NULL,
    part     INTEGER NOT NULL,
    used     INTEGER NOT NULL CHECK (used >= 0),
    reserved INTEGER NOT NULL,
    PRIMARY KEY (day, part)
) STRICT, WITHOUT ROWID;

INSERT INTO day_parts (day, part, used, reserved) SELECT day, 0, used, reserved FROM days;

DROP TABLE days;
