//! Scenario files in all their versions.

statements! {
    SCENARIOS = "
        SELECT v.slug, v.version, v.source
        FROM (SELECT min(id) AS first, max(id) AS newest FROM scenario_versions GROUP BY slug) AS s
        JOIN scenario_versions AS v ON v.id = s.newest
        ORDER BY s.first";

    SCENARIO = "
        SELECT slug, version, source
        FROM scenario_versions
        WHERE slug = $1
        ORDER BY id DESC
        LIMIT 1";

    KEEP_SCENARIO = "
        INSERT INTO scenario_versions (slug, version, source, kept_at)
        VALUES ($1, $2, $3, $4)";
}
