//! Lists of invitations. Lists of ids and tables of numbers are passed in SQLite's own way.
//!
//! `$1` and `$2` are the end of the previous page, `$3` the batch, `$4` part of the search text, `$5` a
//! status, `$6` the live ids, `$7` the current time, `$8` the minimum tokens per turn by scenario, `$9` the
//! minimum for other scenarios, `$10` 1 to exclude live ones, `$11` the page size, `$12` the creator.

use super::invitations::invitation;

macro_rules! shown {
    () => {
        "
            AND ($3 IS NULL OR i.batch_id = $3)
            AND ($4 IS NULL OR instr(i.search_text, $4) > 0)
            AND ($10 = 0 OR i.id NOT IN (SELECT unhex(l.value) FROM json_each($6) AS l))
            AND (
                $5 IS NULL
                OR $5 = CASE
                    WHEN i.id IN (SELECT unhex(l.value) FROM json_each($6) AS l) THEN 'live'
                    WHEN i.revoked_at IS NOT NULL THEN 'revoked'
                    WHEN i.expires_at <= $7 THEN 'expired'
                    WHEN b.quota - b.used < coalesce(
                        (SELECT m.value FROM json_each($8) AS m WHERE m.key = i.scenario), $9
                    ) THEN 'used_up'
                    WHEN i.claimed_by IS NULL THEN 'open'
                    ELSE 'claimed'
                END
            )"
    };
}

macro_rules! list {
    ($edge:literal, $order:literal) => {
        invitation!("        WHERE ", $edge, shown!(), $order, "\n        LIMIT $11")
    };
}

macro_rules! count {
    ($scope:literal) => {
        concat!(
            "SELECT count(*) FROM invitations AS i
        JOIN balances AS b ON b.invitation_id = i.id
        WHERE ",
            $scope,
            shown!()
        )
    };
}

statements! {
    NEWEST = list!("i.id < $2", " ORDER BY i.id DESC");
    NEWEST_BY = list!("i.created_by = $12 AND i.id < $2", " ORDER BY i.id DESC");
    OLDEST = list!("i.id > $2", " ORDER BY i.id");
    OLDEST_BY = list!("i.created_by = $12 AND i.id > $2", " ORDER BY i.id");
    BY_LABEL = list!("(i.search_text, i.id) > ($1, $2)", " ORDER BY i.search_text, i.id");
    BY_LABEL_BY = list!(
        "i.created_by = $12 AND (i.search_text, i.id) > ($1, $2)",
        " ORDER BY i.search_text, i.id"
    );

    COUNT_FOUND = count!("1 = 1");
    COUNT_FOUND_BY = count!("i.created_by = $12");

    COUNT_IN_SCOPE = "SELECT count(*) FROM invitations";
    COUNT_IN_SCOPE_BY = "SELECT count(*) FROM invitations WHERE created_by = $1";
}
