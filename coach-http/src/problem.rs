//! Problem documents (RFC 9457): one shape for every error of this host.

use crate::{
    page::Page,
    wire::note::{Note, TagList},
};
use coach_core::{CoachError, ErrorCode, ports::StoreError};
use poem::{IntoResponse, Response, error::ResponseError, http::StatusCode};
use poem_openapi::{
    ApiResponse, Object, Union,
    payload::Json,
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::{ToJSON as _, Type as _},
};

/// A problem document.
#[derive(Clone, Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Problem {
    /// A URI that identifies the kind of problem.
    #[oai(rename = "type")]
    kind: String,
    /// The HTTP status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened, what it means for the user's data and what to do now, for people.
    detail: Option<String>,
    /// The error's code, the same as in socket frames.
    code: String,
    /// The request's id in the server's log.
    request_id: Option<String>,
    /// For `invalid`: the invalid fields, and why.
    fields: Option<Vec<ProblemField>>,
    /// For an invitation that cannot be used: whom to contact.
    contact: Option<String>,
    /// For `conflict`, if another change was saved first: what is there now.
    current: Option<Current>,
}

/// What is there now, after another change was saved first.
#[derive(Clone, Debug, Union)]
#[expect(clippy::large_enum_variant, reason = "a failure boxes it")]
pub(crate) enum Current {
    /// The note.
    Note(Note),
    /// The list of tags.
    Tags(TagList),
}

/// An invalid field.
#[derive(Clone, Debug, Object)]
pub struct ProblemField {
    /// The field's name.
    field: String,
    /// Why it is invalid, for people.
    message: String,
}

/// A failed request: its status, code and details.
#[derive(Clone, Debug)]
pub struct Failure {
    status: StatusCode,
    code: &'static str,
    detail: String,
    fields: Vec<ProblemField>,
    contact: Option<String>,
    retry_after: Option<u64>,
    current: Option<Box<Current>>,
}

/// Every kind of problem: its status, its code, and what happened. The document lists the same.
pub(crate) const KINDS: [(u16, &str, &str); 30] = [
    (400, "bad_request", "The request is malformed."),
    (400, "bad_json", "The body is not JSON."),
    (401, "login", "The caller is not signed in, or what they sign in with is no longer valid."),
    (403, "forbidden", "The caller may not do this, or the request came from another site."),
    (403, "quota_exhausted", "No turns are left. Nothing was kept or charged."),
    (404, "not_found", "Not found, or not visible to the caller."),
    (
        405,
        "method_not_allowed",
        "The address does not take this method; `Allow` names those it takes.",
    ),
    (408, "bad_request", "The body took more than 10 seconds to arrive."),
    (409, "busy", "An answer is running. Nothing was kept or charged."),
    (409, "no_such_turn", "There is no answer to stop or retry."),
    (409, "idempotency_conflict", "The same `clientId` was sent with another text."),
    (409, "ended", "The conversation has ended."),
    (
        409,
        "claimed",
        "The invitation is in use on another device, or its participant was erased or disabled.",
    ),
    (409, "consent_changed", "The consent text is not the version that was sent."),
    (409, "conflict", "The current state does not allow this; `detail` says why."),
    (410, "invitation_expired", "The invitation has expired."),
    (410, "invitation_revoked", "The invitation was revoked."),
    (410, "erased", "The text of the conversation was erased."),
    (413, "too_large", "The body is larger than 64 KiB."),
    (
        415,
        "unsupported_media_type",
        "The body is not `application/json` in UTF-8, or is compressed.",
    ),
    (422, "empty", "The message is empty."),
    (422, "too_long", "The message is longer than 8,000 characters."),
    (422, "invalid", "A field or parameter has an invalid value; `fields` names each."),
    (426, "bad_request", "The request is not a WebSocket upgrade, version 13."),
    (429, "rate_limited", "Too many requests in a short time."),
    (500, "internal", "The server failed."),
    (502, "provider", "The sign-in provider is not responding."),
    (502, "context_too_long", "The conversation is too long for the model."),
    (503, "draining", "The server is full or restarting. Nothing was kept or charged."),
    (503, "storage", "The store is not responding."),
];

/// Returns the status that answers an error of the core.
fn status(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::BadRequest | ErrorCode::BadJson | ErrorCode::UnknownType => 400,
        ErrorCode::Forbidden | ErrorCode::QuotaExhausted => 403,
        ErrorCode::NotFound => 404,
        ErrorCode::Busy
        | ErrorCode::NoSuchTurn
        | ErrorCode::IdempotencyConflict
        | ErrorCode::Ended
        | ErrorCode::Claimed
        | ErrorCode::ConsentChanged
        | ErrorCode::Conflict => 409,
        ErrorCode::InvitationExpired | ErrorCode::InvitationRevoked | ErrorCode::Erased => 410,
        ErrorCode::Invalid | ErrorCode::Empty | ErrorCode::TooLong => 422,
        ErrorCode::RateLimited => 429,
        ErrorCode::Internal => 500,
        ErrorCode::ModelAuth
        | ErrorCode::ModelRateLimited
        | ErrorCode::ModelOverloaded
        | ErrorCode::ModelTimeout
        | ErrorCode::ModelRefused
        | ErrorCode::ContextTooLong
        | ErrorCode::ModelFailed => 502,
        ErrorCode::Draining | ErrorCode::Storage => 503,
    }
}

impl ProblemField {
    /// Names an invalid field, and why it is invalid.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl Failure {
    /// Creates a failure without further details. A 503 asks the client to retry after two seconds.
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(2);
        let fields = Vec::new();
        let detail = detail.into();
        Self { status, code, detail, fields, contact: None, retry_after, current: None }
    }

    /// Returns 404: nothing is there, or nothing that the caller may see.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "Not found.")
    }

    /// Sets how many seconds the client should wait before it retries.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Sets whom to contact.
    #[must_use]
    pub fn contact(mut self, contact: Option<String>) -> Self {
        self.contact = contact;
        self
    }

    /// Returns what happened, for a person: the `detail` of the problem document.
    pub(crate) fn words(&self) -> String {
        self.detail.clone()
    }

    /// Sets what is there now.
    #[must_use]
    pub(crate) fn current(mut self, current: Current) -> Self {
        self.current = Some(Box::new(current));
        self
    }

    /// Returns 422 for one invalid field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::all_invalid(vec![ProblemField::new(field, message)])
    }

    /// Returns 422 for several invalid fields.
    pub fn all_invalid(fields: Vec<ProblemField>) -> Self {
        let lines: Vec<String> =
            fields.iter().map(|wrong| format!("{}: {}", wrong.field, wrong.message)).collect();
        Self { fields, ..Self::new(422, "invalid", lines.join("; ")) }
    }

    /// Converts an error of the core.
    pub fn of(error: &CoachError) -> Self {
        let code = error.code();
        let mut failure = Self::new(status(code), code.as_str(), error.to_string());
        match error {
            CoachError::Invalid { field, message } => return Self::invalid(&**field, message),
            CoachError::Empty | CoachError::TooLong => {
                failure.fields = vec![ProblemField::new("content", error.to_string())];
            }
            CoachError::Refused(refusal) => {
                // Rounded up, so that a client that waits this long is accepted.
                let wait = refusal.wait().map(|wait| wait.as_secs() + 1);
                failure.retry_after = wait.or(failure.retry_after);
            }
            CoachError::Store(cause) => {
                tracing::error!(error = cause as &dyn std::error::Error, "the store failed");
                let words = "The server could not reach its storage. What you just sent may not be saved; \
                             please try again.";
                failure.detail = words.to_owned();
            }
            // What matters most, the status, follows from the code.
            _ => {}
        }
        failure
    }

    /// Returns the failure as a page, for a person whose browser went to the address.
    pub(crate) fn page(&self) -> Response {
        let title = match self.status.as_u16() {
            404 => "Not found",
            429 => "Too many attempts",
            500.. => "Something went wrong",
            _ => "This request can't be completed",
        };
        let page = Page { title, words: &self.detail, onward: ("/", "Back to the home page") };
        let page = Response::builder()
            .status(self.status)
            .content_type("text/html; charset=utf-8")
            .body(page.html());
        self.with_retry_after(page)
    }

    fn with_retry_after(&self, mut response: Response) -> Response {
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert("retry-after", seconds.into());
        }
        response
    }

    /// Returns the problem document for the request `id`.
    pub fn answer(&self, id: Option<&str>) -> Response {
        let fields = (!self.fields.is_empty()).then(|| self.fields.clone());
        let problem = Problem {
            kind: format!("urn:coach:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: (!self.detail.is_empty()).then(|| self.detail.clone()),
            code: self.code.to_owned(),
            request_id: id.map(str::to_owned),
            fields,
            contact: self.contact.clone(),
            current: self.current.as_deref().cloned(),
        };
        let answer = Response::builder()
            .status(self.status)
            .content_type("application/problem+json")
            .body(problem.to_json_string());
        self.with_retry_after(answer)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

impl std::error::Error for Failure {}

impl ResponseError for Failure {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn as_response(&self) -> Response {
        self.answer(None)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.answer(None)
    }
}

impl From<CoachError> for Failure {
    fn from(error: CoachError) -> Self {
        Self::of(&error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        CoachError::Store(error).into()
    }
}

/// `routes::answers` replaces this response by one for each status that an operation can answer.
impl ApiResponse for Failure {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A problem document (RFC 9457).",
                status: None,
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "application/problem+json",
                    schema: Problem::schema_ref(),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        <Json<Problem> as poem_openapi::payload::Payload>::register(registry);
        Problem::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use coach_core::ports::Refusal;

    use super::*;

    #[test]
    fn a_refusal_with_a_time_says_how_long_to_wait() {
        let refusal = |wait| Refusal::RateLimited { wait };
        for (wait, seconds) in [(0, "1"), (59_000, "60"), (59_001, "60"), (86_399_999, "86400")] {
            let refusal = refusal(Duration::from_millis(wait));
            let failed = || -> Result<(), Failure> { Err(CoachError::Refused(refusal))? };
            let response = failed().unwrap_err().into_response();
            assert_eq!(response.headers()["retry-after"], seconds);
        }
    }

    #[test]
    fn every_error_of_the_core_is_a_documented_problem() {
        for code in ErrorCode::ALL {
            let documented =
                KINDS.iter().any(|kind| (kind.0, kind.1) == (status(code), code.as_str()));
            // No operation calls a model, and frames have their own codes.
            let other = status(code) == 502 || code == ErrorCode::UnknownType;
            assert!(documented || other, "{code}");
        }
    }
}
