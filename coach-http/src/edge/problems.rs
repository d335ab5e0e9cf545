//! Every error becomes a problem document, whoever made it.

use std::sync::Arc;

use poem::{
    Endpoint, Error, IntoResponse as _, PathPattern, Request, Response, Result,
    http::{StatusCode, header},
};
use poem_openapi::error::{
    ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError,
};

use super::RequestId;
use crate::problem::Failure;

pub(crate) async fn problems<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    let id = request.data::<RequestId>().map(|id| id.0.clone());
    match next.call(request).await {
        Ok(response) => Ok(response.into_response()),
        Err(error) => {
            let pattern = error.data::<PathPattern>().cloned();
            let mut response = answer(error, id.as_deref());
            if let Some(pattern) = pattern {
                response.set_data(pattern);
            }
            Ok(response)
        }
    }
}

fn answer(error: Error, id: Option<&str>) -> Response {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.answer(id);
    }
    if error.is_from_response() || error.status() == StatusCode::NOT_MODIFIED {
        return error.into_response();
    }
    let failure = failure(&error);
    let status = error.status();
    let allow = error.into_response().headers().get(header::ALLOW).cloned();
    let mut response = failure.answer(id);
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    } else if status == StatusCode::METHOD_NOT_ALLOWED {
        let get = poem::http::HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, get);
    }
    response
}

fn failure(error: &Error) -> Failure {
    if error.downcast_ref::<ParsePathError>().is_some() {
        return Failure::not_found();
    }
    if let Some(error) = error.downcast_ref::<ParseParamError>() {
        return Failure::new(400, "bad_request", error.to_string());
    }
    if error.downcast_ref::<ContentTypeError>().is_some() {
        return Failure::new(415, "unsupported_media_type", "A body must be JSON.");
    }
    if let Some(error) = error.downcast_ref::<ParseRequestPayloadError>() {
        let reason = error.reason.to_string();
        return if reason.starts_with("failed to parse") || reason.contains("occurred while parsing")
        {
            Failure::new(422, "invalid", reason)
        } else {
            Failure::new(400, "bad_json", "The body is not the JSON that belongs here.")
        };
    }
    match error.status().as_u16() {
        404 => Failure::not_found(),
        405 => Failure::new(405, "method_not_allowed", "This can be done in another way only."),
        413 => Failure::new(413, "too_large", "A request may have 64 KiB at most."),
        415 => Failure::new(415, "unsupported_media_type", "A body must be JSON."),
        status @ 400..=499 => Failure::new(status, "bad_request", error.to_string()),
        _ => {
            tracing::error!(%error, "a request failed");
            Failure::new(500, "internal", "Something went wrong here; nothing of yours is lost.")
        }
    }
}

/// A route that panicked: logged by the panic hook, told without details.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Failure::new(500, "internal", "Something went wrong here; nothing of yours is lost.")
        .answer(None)
}
