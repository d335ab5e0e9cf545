//! Contract tests of `InvitationStore`: lists.

use super::fixture::{an_invitation, at, line, made, person, revoked_by};
use crate::{
    ids::InvitationId,
    invitation::{Invitation, InvitationStatus, TurnMinimums},
    people::audit::{AuditAction, Change},
    ports::{Amend, InvitationCount, InvitationFilter, InvitationOrder, Stores},
};

/// Returns a filter that excludes nothing; a turn of `raise` costs 20 tokens, any other 5.
fn everything() -> InvitationFilter {
    InvitationFilter {
        minimums: TurnMinimums { of: [("raise".to_owned(), 20)].into(), any: 5 },
        ..InvitationFilter::all(at(50))
    }
}

fn searching(text: &str) -> InvitationFilter {
    InvitationFilter { search: Some(text.into()), ..everything() }
}

fn labeled(number: u8, label: &str, title: Option<&str>) -> Invitation {
    let title = title.map(ToOwned::to_owned);
    Invitation { label: label.into(), title, ..an_invitation(number, 100) }
}

fn id(number: u8) -> InvitationId {
    an_invitation(number, 0).id
}

/// Returns the numbers of the invitations in a list, in order.
async fn numbers(
    store: &dyn Stores,
    filter: &InvitationFilter,
    order: &InvitationOrder,
    limit: u32,
) -> Vec<u8> {
    let rows = store.invitations(filter, order, limit).await.unwrap();
    rows.iter().map(|row| row.link.token_hash[0]).collect()
}

async fn newest(store: &dyn Stores, filter: &InvitationFilter) -> Vec<u8> {
    numbers(store, filter, &InvitationOrder::Newest(None), 99).await
}

/// A filter selects by creator, batch and status; a live invitation has no other status.
pub async fn a_list_shows_what_its_filter_says(store: &dyn Stores) {
    let claimed = |row: Invitation| Invitation { claimed: Some((person(1), at(1))), ..row };
    let free = |row: Invitation| Invitation { scenario: None, ..row };
    let over = |row: Invitation| Invitation { expires_at: Some(at(50)), ..row };
    let mut rows = [
        an_invitation(1, 100),
        claimed(an_invitation(2, 100)),
        claimed(over(an_invitation(3, 100))),
        an_invitation(4, 100),
        claimed(an_invitation(5, 19)),
        claimed(an_invitation(6, 20)),
        claimed(free(an_invitation(7, 5))),
        claimed(free(an_invitation(8, 4))),
        over(an_invitation(9, 3)),
        Invitation { expires_at: Some(at(51)), ..an_invitation(10, 100) },
    ];
    rows[1].created_by = person(8);
    rows[2].batch = id(1);
    store.invite(&rows, made()).await.unwrap();
    store.revoke(id(4), revoked_by(1)).await.unwrap();
    let live = vec![id(2), id(3), id(77)];
    for (status, expected) in [
        (InvitationStatus::Live, &[3, 2][..]),
        (InvitationStatus::Open, &[10, 1]),
        (InvitationStatus::Claimed, &[7, 6]),
        (InvitationStatus::UsedUp, &[8, 5]),
        (InvitationStatus::Expired, &[9]),
        (InvitationStatus::Revoked, &[4]),
    ] {
        let filter = InvitationFilter { status: Some(status), live: live.clone(), ..everything() };
        assert_eq!(newest(store, &filter).await, expected, "{status:?}");
        for row in &rows {
            let known = store.invitation(row.id).await.unwrap().unwrap();
            let of = known.status(at(50), live.contains(&row.id), &filter.minimums);
            let number = row.link.token_hash[0];
            assert_eq!(of == status, expected.contains(&number), "{number}");
        }
    }
    let others = InvitationFilter { not_live: true, live, ..everything() };
    assert_eq!(newest(store, &others).await, [10, 9, 8, 7, 6, 5, 4, 1]);
    let by = |by| InvitationFilter { by: Some(person(by)), ..everything() };
    assert_eq!(newest(store, &by(8)).await, [2]);
    assert_eq!(newest(store, &by(7)).await, [0; 0]);
    let batch = InvitationFilter { batch: Some(id(1)), ..everything() };
    assert_eq!(newest(store, &batch).await, [3, 1]);
    let both = InvitationFilter { by: Some(person(8)), ..batch };
    assert_eq!(newest(store, &both).await, [0; 0]);
}

/// A search finds part of a label or a title, ignoring case in any alphabet, and every character is literal.
pub async fn a_search_matches_its_text_literally(store: &dyn Stores) {
    let rows = [
        labeled(1, "Arm A 100%", None),
        labeled(2, "arm_b", Some("Ärger im Büro")),
        labeled(3, "ARM C", Some("\u{1F525} Ἀθήνα")),
        labeled(4, "=cmd|'x'!A1", Some("a*b?[c]")),
    ];
    store.invite(&rows, made()).await.unwrap();
    for (search, expected) in [
        ("arm", &[3, 2, 1][..]),
        ("arm c", &[3]),
        ("%", &[1]),
        ("_", &[2]),
        ("ärger", &[2]),
        ("büro", &[2]),
        ("ἀθ", &[3]),
        ("\u{1F525}", &[3]),
        ("*", &[4]),
        ("?[", &[4]),
        ("'", &[4]),
        ("=cmd|'", &[4]),
        ("arm d", &[]),
        ("100% and more", &[]),
    ] {
        assert_eq!(newest(store, &searching(search)).await, expected, "{search}");
    }
}

/// Lists search and sort by the current label and title.
pub async fn a_changed_label_is_found(store: &dyn Stores) {
    let rows = [labeled(1, "alpha", None), labeled(2, "beta", Some("Pay"))];
    store.invite(&rows, made()).await.unwrap();
    let by = line(person(9), AuditAction::InvitationChanged(Change::default()), 1);
    let amend = Amend { label: Some("Öl".into()), ..Amend::default() };
    store.amend(id(1), &amend, by).await.unwrap();
    assert_eq!(newest(store, &searching("öl")).await, [1]);
    assert_eq!(newest(store, &searching("alpha")).await, [0; 0]);
    let label = InvitationOrder::Label(None);
    assert_eq!(numbers(store, &everything(), &label, 9).await, [2, 1]);
    let amend = Amend { title: Some(None), ..Amend::default() };
    store.amend(id(2), &amend, by).await.unwrap();
    assert_eq!(newest(store, &searching("pay")).await, [0; 0]);
    assert_eq!(newest(store, &searching("beta")).await, [2], "the label stays");
}

/// Every order continues after the last row of the previous page, for all invitations and for one creator.
pub async fn every_order_continues_across_pages(store: &dyn Stores) {
    let labels = ["P-02", "p-10", "Ä", "a", "P-01", "p-01"];
    let rows: Vec<_> = (1..).zip(labels).map(|(n, label)| labeled(n, label, None)).collect();
    store.invite(&rows, made()).await.unwrap();
    let text = |number: u8| rows[usize::from(number) - 1].search_text();
    let order = |which: &str, last: Option<u8>| match which {
        "newest" => InvitationOrder::Newest(last.map(id)),
        "oldest" => InvitationOrder::Oldest(last.map(id)),
        _ => InvitationOrder::Label(last.map(|last| (text(last), id(last)))),
    };
    for (which, expected) in [
        ("newest", [6, 5, 4, 3, 2, 1]),
        ("oldest", [1, 2, 3, 4, 5, 6]),
        ("label", [4, 5, 6, 1, 2, 3]),
    ] {
        for by in [None, Some(person(9))] {
            let filter = InvitationFilter { by, ..everything() };
            let (mut shown, mut last) = (Vec::new(), None);
            loop {
                let page = numbers(store, &filter, &order(which, last), 2).await;
                last = page.last().copied().or(last);
                let over = page.is_empty();
                shown.extend(page);
                assert!(shown.len() <= rows.len(), "{which}: a page begins again: {shown:?}");
                if over {
                    break;
                }
            }
            assert_eq!(shown, expected, "{which}");
        }
    }
}

/// Invitations created between two pages cause no repeated or missing rows.
pub async fn rows_added_between_pages_repeat_and_hide_nothing(store: &dyn Stores) {
    let rows = [labeled(10, "b", None), labeled(20, "d", None), labeled(30, "f", None)];
    store.invite(&rows, made()).await.unwrap();
    let first = numbers(store, &everything(), &InvitationOrder::Newest(None), 2).await;
    let by_label = numbers(store, &everything(), &InvitationOrder::Label(None), 2).await;
    assert_eq!((first, by_label), (vec![30, 20], vec![10, 20]));
    let more = [labeled(15, "c", None), labeled(25, "e", None), labeled(40, "a", None)];
    store.invite(&more, made()).await.unwrap();
    let next = InvitationOrder::Newest(Some(id(20)));
    assert_eq!(numbers(store, &everything(), &next, 9).await, [15, 10]);
    let next = InvitationOrder::Label(Some((rows[1].search_text(), id(20))));
    assert_eq!(numbers(store, &everything(), &next, 9).await, [25, 30]);
}

/// A list counts its rows over all pages, and all rows without its filter.
pub async fn everything_is_counted(store: &dyn Stores) {
    let mut rows: Vec<_> = (1..=7).map(|n| labeled(n, &format!("P-{n}"), None)).collect();
    rows[0].created_by = person(8);
    store.invite(&rows, made()).await.unwrap();
    let count = async |filter: InvitationFilter| {
        let InvitationCount { found, in_scope } = store.count_invitations(&filter).await.unwrap();
        (found, in_scope)
    };
    assert_eq!(count(everything()).await, (7, 7));
    assert_eq!(count(searching("p-3")).await, (1, 7));
    let live = InvitationFilter {
        status: Some(InvitationStatus::Live),
        live: vec![id(1), id(2)],
        ..everything()
    };
    assert_eq!(count(live.clone()).await, (2, 7));
    assert_eq!(count(InvitationFilter { by: Some(person(9)), ..live }).await, (1, 6));
    assert_eq!(count(InvitationFilter { by: Some(person(7)), ..everything() }).await, (0, 0));
}
