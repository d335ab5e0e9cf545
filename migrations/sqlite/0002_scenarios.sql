CREATE TABLE scenario_versions (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    slug    TEXT    NOT NULL,
    version TEXT    NOT NULL,
    source  TEXT    NOT NULL,
    kept_at INTEGER NOT NULL
) STRICT;

CREATE INDEX scenario_versions_of_slug ON scenario_versions (slug, id);
