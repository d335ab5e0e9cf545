-- What all users have spent and reserved of one day, in parts that are changed side by side: calls of different
-- conversations must not wait for each other. Only the sum of a day's parts has a meaning; a single part's reserved
-- tokens may be negative.
CREATE TABLE day_parts (
    day      BIGINT NOT NULL,
    part     BIGINT NOT NULL,
    used     BIGINT NOT NULL CHECK (used >= 0),
    reserved BIGINT NOT NULL,
    PRIMARY KEY (day, part)
) WITH (fillfactor = 10);

INSERT INTO day_parts (day, part, used, reserved) SELECT day, 0, used, reserved FROM days;

DROP TABLE days;
