//! The table: each operation of the document and each socket, and what it answers to whom.

/// Everybody who may come by, in the order of the table's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    /// The guest whose invitation and conversation it is.
    Guest,
    OtherGuest,
    /// Somebody with an account whose invitation and conversation it is.
    User,
    OtherUser,
    /// The researcher who made the invitation.
    Staff,
    /// Another researcher, where each sees only their own.
    OtherStaff,
    /// Another researcher, where all are one team.
    Colleague,
    Admin,
}

impl Who {
    pub(super) const ALL: [Self; 9] = [
        Self::Nobody,
        Self::Guest,
        Self::OtherGuest,
        Self::User,
        Self::OtherUser,
        Self::Staff,
        Self::OtherStaff,
        Self::Colleague,
        Self::Admin,
    ];
}

/// What each of [`Who::ALL`] is answered.
pub(super) type Answers = [u16; 9];

/// A method, a path, the answers, and the answers where the path names what is not there.
pub(super) type Row = (&'static str, &'static str, Answers, Option<Answers>);

/// Whoever is signed in hears that there is nothing.
const HIDDEN: Option<Answers> = Some([401, 404, 404, 404, 404, 404, 404, 404, 404]);

/// Whoever is no researcher hears only that.
const FOR_STAFF: Option<Answers> = Some([401, 403, 403, 403, 403, 404, 404, 404, 404]);

const NOWHERE: Option<Answers> = Some([404; 9]);

pub(super) const ROWS: [Row; 22] = [
    ("post", "/api/auth/admin-link", [401; 9], None),
    ("post", "/api/auth/logout", [401, 204, 204, 204, 204, 204, 204, 204, 204], None),
    ("get", "/api/me", [401, 200, 200, 200, 200, 200, 200, 200, 200], None),
    ("get", "/api/invite/{token}", [200; 9], NOWHERE),
    ("post", "/api/invite/{token}/claim", [409, 200, 409, 200, 409, 403, 403, 403, 403], NOWHERE),
    ("get", "/api/scenarios", [401, 200, 200, 200, 200, 200, 200, 200, 200], None),
    ("get", "/api/scenarios/{slug}", [401, 200, 200, 200, 200, 200, 200, 200, 200], HIDDEN),
    ("get", "/api/conversations", [401, 200, 200, 200, 200, 200, 200, 200, 200], None),
    ("post", "/api/conversations", [401, 201, 201, 201, 201, 201, 201, 201, 201], None),
    ("get", "/api/conversations/{id}", [401, 200, 404, 200, 404, 200, 404, 200, 200], HIDDEN),
    (
        "get",
        "/api/conversations/{id}/messages",
        [401, 200, 404, 200, 404, 200, 404, 200, 200],
        HIDDEN,
    ),
    (
        "post",
        "/api/conversations/{id}/messages",
        [401, 202, 404, 202, 404, 403, 404, 403, 403],
        HIDDEN,
    ),
    (
        "post",
        "/api/conversations/{id}/asides",
        [401, 202, 404, 202, 404, 403, 404, 403, 403],
        HIDDEN,
    ),
    ("post", "/api/conversations/{id}/stop", [401, 409, 404, 409, 404, 403, 404, 403, 403], HIDDEN),
    (
        "post",
        "/api/conversations/{id}/retry",
        [401, 409, 404, 409, 404, 403, 404, 403, 403],
        HIDDEN,
    ),
    ("post", "/api/conversations/{id}/end", [401, 200, 404, 200, 404, 200, 404, 200, 200], HIDDEN),
    ("get", "/api/invitations", [401, 403, 403, 403, 403, 200, 200, 200, 200], None),
    ("post", "/api/invitations", [401, 403, 403, 403, 403, 201, 201, 201, 201], None),
    ("get", "/api/invitations/{id}", [401, 403, 403, 403, 403, 200, 404, 200, 200], FOR_STAFF),
    (
        "post",
        "/api/invitations/{id}/revoke",
        [401, 403, 403, 403, 403, 200, 404, 200, 200],
        FOR_STAFF,
    ),
    ("ws", "/ws/conversation/{id}", [401, 101, 404, 101, 404, 403, 404, 403, 403], HIDDEN),
    ("ws", "/ws/observe/{id}", [401, 403, 403, 403, 403, 101, 404, 101, 101], FOR_STAFF),
];

/// What stands outside of the document and is open for everybody.
pub(super) const OPEN: [&str; 6] =
    ["/", "/login", "/healthz", "/readyz", "/api/openapi.json", "/api/docs"];
