//! Lists of invitations. Each database takes lists of ids and tables of numbers in its own way.
//!
//! `$1` and `$2` are the end of the previous page, `$3` the batch, `$4` part of the search text, `$5` a
//! status, `$6` the live ids, `$7` the current time, `$8` the minimum tokens per turn by scenario, `$9` the
//! minimum for other scenarios, `$10` whether to exclude live ones, `$11` the page size, `$12` the creator.

use super::invitations::invitation;

macro_rules! is_live {
    (sqlite) => {
        "i.id IN (SELECT unhex(l.value) FROM json_each($6) AS l)"
    };
    (postgres) => {
        "i.id = ANY ($6)"
    };
}

macro_rules! is_found {
    (sqlite) => {
        "instr(i.search_text, $4) > 0"
    };
    (postgres) => {
        "strpos(i.search_text, $4) > 0"
    };
}

macro_rules! minimum {
    (sqlite) => {
        "(SELECT m.value FROM json_each($8) AS m WHERE m.key = i.scenario)"
    };
    (postgres) => {
        "CAST(CAST($8 AS json) ->> i.scenario AS bigint)"
    };
}

macro_rules! shown {
    ($database:ident) => {
        concat!(
            "
            AND ($3 IS NULL OR i.batch_id = $3)
            AND ($4 IS NULL OR ",
            is_found!($database),
            ")
            AND NOT ($10 AND ",
            is_live!($database),
            ")
            AND (
                $5 IS NULL
                OR $5 = CASE
                    WHEN ",
            is_live!($database),
            " THEN 'live'
                    WHEN i.revoked_at IS NOT NULL THEN 'revoked'
                    WHEN i.expires_at <= $7 THEN 'expired'
                    WHEN b.quota - b.used < coalesce(",
            minimum!($database),
            ", $9) THEN 'used_up'
                    WHEN i.claimed_by IS NULL THEN 'open'
                    ELSE 'claimed'
                END
            )"
        )
    };
}

macro_rules! list {
    ($database:ident, $edge:literal, $order:literal) => {
        invitation!(
            "        WHERE ",
            $edge,
            shown!($database),
            $order,
            "\n        LIMIT CAST($11 AS bigint)"
        )
    };
}

macro_rules! count {
    ($database:ident, $scope:literal) => {
        concat!(
            "SELECT count(*) FROM invitations AS i
        JOIN balances AS b ON b.invitation_id = i.id
        WHERE ",
            $scope,
            shown!($database)
        )
    };
}

macro_rules! lists {
    ($($name:ident = $list:ident!($($part:literal),+);)*) => {
        statements! {
            $($name = $list!(sqlite, $($part),+), postgres = $list!(postgres, $($part),+);)*

            COUNT_IN_SCOPE = "SELECT count(*) FROM invitations";
            COUNT_IN_SCOPE_BY = "SELECT count(*) FROM invitations WHERE created_by = $1";
        }
    };
}

lists! {
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
}
