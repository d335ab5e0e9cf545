//! Notes, their history, who has read them, and tags.

/// All columns of notes, for the rows selected by the rest of the statement.
macro_rules! note {
    ($more:literal, $($rest:tt)+) => {
        concat!(
            "
        SELECT
            n.id, n.invitation_id, n.conversation_id, n.message_id, n.author_id, n.client_id, n.body, n.tags,
            n.started_at, n.created_at, n.version, n.edited_at, n.deleted_at, n.erased_at",
            $more,
            "
        FROM notes AS n
",
            $($rest)+
        )
    };
}

/// A page of the notes on an invitation: `$1` is the invitation, `$2` the end of the previous page, `$3` a
/// conversation, `$4` a tag in hexadecimal, `$5` the reader.
macro_rules! notes {
    ($position:literal) => {
        note!(
            ",
            EXISTS (
                SELECT 1 FROM note_reads AS r WHERE r.user_id = $5 AND r.note_id = n.id
            ) AS is_read",
            concat!(
                "        WHERE n.invitation_id = $1
            AND n.id < $2
            AND n.deleted_at IS NULL
            AND ($3 IS NULL OR n.conversation_id = $3)
            AND ($4 IS NULL OR ",
                $position,
                "(n.tags, $4) > 0)
        ORDER BY n.id DESC
        LIMIT CAST($6 AS bigint)"
            )
        )
    };
}

/// What a reader has not read: `$1` is the reader, `$2` the creator of the invitations, `$3` since when.
macro_rules! unread {
    () => {
        "        WHERE n.created_at >= $3
            AND n.author_id <> $1
            AND n.deleted_at IS NULL
            AND n.erased_at IS NULL
            AND NOT EXISTS (
                SELECT 1 FROM note_reads AS r WHERE r.user_id = $1 AND r.note_id = n.id
            )
            AND (
                $2 IS NULL
                OR (SELECT i.created_by FROM invitations AS i WHERE i.id = n.invitation_id) = $2
            )"
    };
}

statements! {
    NOTE_BY_ID = note!("", "        WHERE n.id = $1");

    NOTE_BY_CLIENT_ID = note!("", "        WHERE n.author_id = $1 AND n.client_id = $2");

    NOTES = notes!("instr"), postgres = notes!("strpos");

    UNREAD_NOTES = concat!(
        note!("", ""),
        unread!(),
        "
            AND n.id < $4
        ORDER BY n.id DESC
        LIMIT CAST($5 AS bigint)"
    );

    COUNT_UNREAD_NOTES = concat!("SELECT count(*) FROM notes AS n\n", unread!());

    // The message must be in the conversation.
    NOTED_MESSAGE = "SELECT id FROM messages WHERE id = $1 AND conversation_id = $2";

    ADD_NOTE = "
        INSERT INTO notes (
            id, invitation_id, conversation_id, message_id, author_id, client_id, body, tags, started_at,
            created_at, version, edited_at, deleted_at, erased_at
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

    SAVE_NOTE = "
        UPDATE notes SET
            body = $2, tags = $3, version = $4, edited_at = $5, deleted_at = $6, erased_at = $7
        WHERE id = $1";

    ADD_NOTE_VERSION = "
        INSERT INTO note_versions (note_id, version, body, tags, at) VALUES ($1, $2, $3, $4, $5)";

    NOTE_VERSIONS = "
        SELECT version, body, tags, at FROM note_versions WHERE note_id = $1 ORDER BY version";

    SAVE_NOTE_VERSION = "
        UPDATE note_versions SET body = $3, tags = $4 WHERE note_id = $1 AND version = $2";

    // The notes on a user who is erased: on the invitations they claimed, and on those of their conversations.
    NOTES_ON = note!("", "        WHERE n.invitation_id IN (
            SELECT id FROM invitations WHERE claimed_by = $1
            UNION ALL
            SELECT invitation_id FROM conversations WHERE owner_id = $1 AND invitation_id IS NOT NULL
        )");

    MARK_NOTES_READ = "
        INSERT INTO note_reads (user_id, note_id)
        SELECT $1, n.id
        FROM json_each($2) AS wanted
        CROSS JOIN notes AS n ON n.id = unhex(wanted.value)
        WHERE TRUE
        ON CONFLICT DO NOTHING", postgres = "
        INSERT INTO note_reads (user_id, note_id)
        SELECT $1, n.id
        FROM notes AS n
        WHERE n.id = ANY ($2)
        ON CONFLICT DO NOTHING";

    TAG_LIST_VERSION = "SELECT version FROM tag_lists WHERE id = 1";

    TAG_LIST = "SELECT id, name, key FROM tags WHERE place IS NOT NULL ORDER BY place";

    TAGS = "
        SELECT t.id, t.name
        FROM json_each($1) AS wanted
        CROSS JOIN tags AS t ON t.id = unhex(wanted.value)", postgres = "
        SELECT t.id, t.name FROM tags AS t WHERE t.id = ANY ($1)";

    SAVE_TAG = "
        INSERT INTO tags (id, name, key, place)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, key = excluded.key, place = excluded.place";

    REMOVE_TAG = "UPDATE tags SET place = NULL WHERE id = $1";

    SAVE_TAG_LIST = "UPDATE tag_lists SET version = $1 WHERE id = 1";
}
