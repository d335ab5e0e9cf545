//! Lists of invitations: searched, filtered, sorted and counted across all pages, and their links as one file.

use serde_json::{Value, json};

use crate::{
    app::{TestApp, Wish},
    person::Person,
};

async fn make(person: &Person, label: &str, copies: u32) -> Vec<Value> {
    let body = json!({ "label": label, "tokenQuota": 1_000_000, "copies": copies });
    let answer = person.post("/api/invitations", body).await;
    assert_eq!(answer.status(), 201);
    answer.json::<Value>().await.unwrap()["items"].as_array().unwrap().clone()
}

async fn list(person: &Person, query: &str) -> Value {
    let answer = person.get(&format!("/api/invitations?{query}")).await;
    assert_eq!(answer.status(), 200, "{query}");
    answer.json().await.unwrap()
}

fn labels(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|one| one["label"].as_str().unwrap().to_owned()).collect()
}

/// The labels on all pages, two rows per page.
async fn all(person: &Person, query: &str) -> Vec<String> {
    let (mut shown, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = list(person, &format!("{query}&limit=2{cursor}")).await;
        shown.extend(labels(&page));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return shown,
        }
    }
}

#[tokio::test]
async fn a_search_covers_and_counts_all_pages() {
    let app = Wish::default().in_memory().start().await;
    let admin = app.admin().await;
    make(&admin, "P-A", 3).await;
    make(&admin, "Filler", 60).await;
    let found = list(&admin, "search=p-a&limit=2").await;
    assert_eq!((&found["total"], &found["totalInScope"]), (&json!(3), &json!(63)));
    assert_eq!(labels(&found), ["P-A-3", "P-A-2"]);
    assert_eq!(all(&admin, "search=P-A&sort=label").await, ["P-A-1", "P-A-2", "P-A-3"]);
    assert_eq!(list(&admin, "search=%25").await["total"], 0);
    assert_eq!(list(&admin, "search=%20%20").await["total"], 63, "blank text does not filter");
}

#[tokio::test]
async fn numbered_copies_sort_in_order() {
    let app = Wish::default().in_memory().start().await;
    let admin = app.admin().await;
    let made = make(&admin, "Pilot", 30).await;
    let first = made.first().unwrap();
    assert_eq!((&first["label"], &made[29]["label"]), (&json!("Pilot-01"), &json!("Pilot-30")));
    assert!(made.iter().all(|one| one["batchId"] == first["id"]));
    make(&admin, "Other", 1).await;
    let batch = format!("batch={}&sort=label&limit=200", first["id"].as_str().unwrap());
    let found = list(&admin, &batch).await;
    assert_eq!((labels(&found).len(), &found["total"]), (30, &json!(30)));
    assert!(labels(&found).is_sorted());
    assert_eq!(make(&admin, "One", 1).await[0]["label"], "One");
    let body = json!({ "label": "x".repeat(199), "tokenQuota": 1_000_000, "copies": 2 });
    assert_eq!(
        admin.post("/api/invitations", body).await.status(),
        422,
        "the label must leave room for the number"
    );
}

#[tokio::test]
async fn statuses_come_from_the_store_and_running_conversations_come_first() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let made = make(&admin, "P", 6).await;
    let token = |n: usize| made[n]["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let mut guests = Vec::new();
    for n in [0, 1, 3] {
        let guest = app.visitor();
        guest.claim(token(n)).await;
        guests.push(guest);
    }
    let revoke = format!("/api/invitations/{}/revoke", made[2]["id"].as_str().unwrap());
    admin.post(&revoke, json!({})).await;
    let _first = guests[0].talk(&guests[0].start().await).await;
    let _second = guests[1].talk(&guests[1].start().await).await;
    for (status, expected) in [
        ("live", &["P-2", "P-1"][..]),
        ("claimed", &["P-4"]),
        ("revoked", &["P-3"]),
        ("open", &["P-6", "P-5"]),
        ("used_up", &[]),
        ("expired", &[]),
    ] {
        let page = list(&admin, &format!("status={status}")).await;
        assert_eq!(labels(&page), expected, "{status}");
        assert!(page["items"].as_array().unwrap().iter().all(|one| one["status"] == status));
        assert_eq!(page["total"], expected.len());
    }
    let live_first = ["P-2", "P-1", "P-6", "P-5", "P-4", "P-3"];
    assert_eq!(all(&admin, "sort=live").await, live_first);
    assert_eq!(all(&admin, "sort=oldest").await, ["P-1", "P-2", "P-3", "P-4", "P-5", "P-6"]);
    assert_eq!(all(&admin, "sort=live&status=open").await, ["P-6", "P-5"]);
    assert_eq!(all(&admin, "sort=live&status=live").await, ["P-2", "P-1"]);
}

#[tokio::test]
async fn researchers_find_and_download_only_what_is_in_their_scope() {
    let app = Wish::default().set("STAFF_SCOPE", "own").start().await;
    let (ada, bob) = (app.staff().await, app.staff().await);
    make(&ada, "Ada", 2).await;
    let bobs = make(&bob, "Bob", 3).await;
    for sort in ["newest", "oldest", "label", "live"] {
        let page = list(&ada, &format!("sort={sort}")).await;
        assert_eq!(page["total"], 2, "{sort}");
        assert!(labels(&page).iter().all(|label| label.starts_with("Ada")));
        assert_eq!(list(&ada, &format!("sort={sort}&search=bob")).await["total"], 0);
    }
    let batch = format!("batch={}", bobs[0]["id"].as_str().unwrap());
    assert_eq!(list(&ada, &batch).await["total"], 0);
    let file = ada.get("/api/invitations/links.csv").await.text().await.unwrap();
    assert!(file.contains("Ada-1") && !file.contains("Bob"), "{file}");
}

#[tokio::test]
async fn links_download_as_a_safe_csv_file_and_the_download_is_logged() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({
        "label": "=cmd|'/c calc'!A1", "title": "Say \"hi\", please", "tokenQuota": 1_000_000,
        "copies": 2, "expiresAt": "2099-01-01T00:00:00Z",
    });
    let made: Value = admin.post("/api/invitations", body).await.json().await.unwrap();
    make(&admin, "\u{1F525}", 1).await;
    let batch = made["items"][0]["batchId"].as_str().unwrap();
    let answer = admin.get(&format!("/api/invitations/links.csv?batch={batch}")).await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let url = |n: usize| made["items"][n]["url"].as_str().unwrap().to_owned();
    let row = |n: usize| {
        let title = "\"Say \"\"hi\"\", please\"";
        let at = "2099-01-01T00:00:00.000Z";
        format!("\"'=cmd|'/c calc'!A1-{}\",{title},open,{at},{}\r\n", n + 1, url(n))
    };
    let head = "\u{feff}label,title,status,expires_at,url\r\n";
    let expected = format!("{head}{}{}", row(0), row(1));
    // Read as bytes: reading as text strips the byte order mark.
    assert_eq!(answer.bytes().await.unwrap(), expected.as_bytes());
    let log: Value = admin.get("/api/audit?limit=1").await.json().await.unwrap();
    let line = &log["items"][0];
    assert_eq!((&line["deed"], &line["detail"]), (&json!("links_downloaded"), &json!("2 links")));
    let all = admin.get("/api/invitations/links.csv").await.text().await.unwrap();
    assert!(all.contains("\u{1F525},,open,,http"), "{all}");
}

#[tokio::test]
async fn invalid_list_parameters_are_named() {
    let app = Wish::default().in_memory().start().await;
    let admin = app.admin().await;
    make(&admin, "P", 3).await;
    let absent = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (query, field) in [
        (format!("search={}", "x".repeat(201)), "search"),
        ("search=%00".to_owned(), "search"),
        ("cursor=x".to_owned(), "cursor"),
        ("cursor=live.".to_owned(), "cursor"),
        (format!("cursor={absent}&sort=label"), "cursor"),
        ("status=dead".to_owned(), "status"),
        ("sort=best".to_owned(), "sort"),
        ("batch=1".to_owned(), "batch"),
    ] {
        let answer = admin.get(&format!("/api/invitations?{query}")).await;
        assert_eq!(answer.status(), 422, "{query}");
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["detail"].as_str().unwrap().contains(field), "{problem}");
    }
    assert_eq!(list(&admin, &format!("cursor={absent}&sort=newest")).await["items"], json!([]));
    let hostile = "search='%20OR%201=1%20--&status=open";
    assert_eq!(list(&admin, hostile).await["total"], 0);
}
