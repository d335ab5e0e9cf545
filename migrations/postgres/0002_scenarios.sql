CREATE TABLE scenario_versions (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug    TEXT   NOT NULL,
    version TEXT   NOT NULL,
    source  TEXT   NOT NULL,
    kept_at BIGINT NOT NULL
);

CREATE INDEX scenario_versions_of_slug ON scenario_versions (slug, id);
