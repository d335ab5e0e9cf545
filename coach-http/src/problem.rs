//! Problem documents (RFC 9457): one shape for every error of this host.

use crate::page::Page;
use coach_core::{CoachError, ports::StoreError, timestamp::Timestamp};
use poem::{IntoResponse, Response, error::ResponseError, http::StatusCode};
use poem_openapi::{
    ApiResponse, Object,
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
    /// The request's ID in the host's log.
    request_id: Option<String>,
    /// For `invalid`: the invalid fields, and why.
    fields: Option<Vec<ProblemField>>,
    /// For an invitation that cannot be used: whom to contact.
    contact: Option<String>,
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
        Self { status, code, detail: detail.into(), fields, contact: None, retry_after }
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

    /// Converts an error of the core; `now` determines how long the client should wait.
    pub fn of(error: &CoachError, now: Timestamp) -> Self {
        let status = match error.code() {
            "bad_request" | "bad_json" => 400,
            "forbidden" | "quota_exhausted" => 403,
            "not_found" => 404,
            "busy"
            | "no_such_turn"
            | "idempotency_conflict"
            | "ended"
            | "claimed"
            | "consent_changed"
            | "conflict" => 409,
            "invitation_expired" | "invitation_revoked" | "erased" => 410,
            "empty" | "too_long" | "invalid" => 422,
            "rate_limited" => 429,
            "draining" | "storage" => 503,
            code if code.starts_with("model_") || code == "context_too_long" => 502,
            _ => 500,
        };
        let mut failure = Self::new(status, error.code(), error.to_string());
        match error {
            CoachError::Invalid { field, message } => return Self::invalid(&**field, message),
            CoachError::Empty | CoachError::TooLong => {
                failure.fields = vec![ProblemField::new("content", error.to_string())];
            }
            CoachError::Refused(refusal) => {
                let wait = refusal.until().map(|until| until.since(now).as_secs() + 1);
                failure.retry_after = wait.or(failure.retry_after);
            }
            CoachError::Store(cause) => {
                tracing::error!(error = cause as &dyn std::error::Error, "the store failed");
                let words = "The server could not reach its storage. What you just sent may not be saved; \
                             please try again.";
                failure.detail = words.to_owned();
            }
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
        // Only messages and retries have a time to wait for, and their routes pass the current time to `of`.
        Self::of(&error, Timestamp(0))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        CoachError::Store(error).into()
    }
}

/// Documents a problem as a possible answer of every operation.
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
