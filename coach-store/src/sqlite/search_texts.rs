//! The search texts that migrations cannot write.

use coach_core::invitation::search_text;
use uuid::Uuid;

use crate::{
    connection::{Connection, query},
    sql::invitations,
};

/// Fills in the search text of invitations created before lists could be searched. SQLite cannot convert to
/// lower case by the rules of Unicode.
pub(super) async fn fill_search_texts(db: &mut Connection<'_>) -> Result<(), sqlx::Error> {
    let rows: Vec<(Uuid, String, Option<String>)> =
        query(invitations::SEARCH_TEXTS).fetch_all(db).await?;
    for (id, label, title) in rows {
        let text = search_text(&label, title.as_deref());
        query(invitations::SET_SEARCH_TEXT).bind(id).bind(text).execute(db).await?;
    }
    Ok(())
}
