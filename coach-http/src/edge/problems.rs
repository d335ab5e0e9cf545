//! Turns every error into a problem document, wherever it comes from.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt as _;
use poem::{
    Endpoint, Error, IntoResponse as _, PathPattern, Request, Response, Result,
    error::{MethodNotAllowedError, NotFoundError, WebSocketError},
    http::{HeaderValue, header},
};
use poem_openapi::error::{ContentTypeError, ParseParamError, ParsePathError};

use super::{Methods, RequestId};
use crate::{page::is_navigation, problem::Failure, wire::sent::NOT_A_VALUE};

pub(crate) async fn problems<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    let id = request.data::<RequestId>().map(|id| id.0.clone());
    let methods = request.data::<Arc<Methods>>().cloned();
    let path = request.uri().path().to_owned();
    let is_navigation = is_navigation(&request);
    // The panic hook has logged it; the answer contains no details.
    let answered = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    match answered.unwrap_or_else(|_| Err(broken().into())) {
        Ok(response) => Ok(response.into_response()),
        Err(error) if error.is_from_response() => Ok(error.into_response()),
        Err(error) => {
            let pattern = error.data::<PathPattern>().cloned();
            let failure = failure(&error);
            let mut response = match is_navigation {
                true => failure.page(),
                false => failure.answer(id.as_deref()),
            };
            if let Some(pattern) = pattern {
                response.set_data(pattern);
            }
            if let (true, Some(methods)) = (error.is::<MethodNotAllowedError>(), methods) {
                set(&mut response, header::ALLOW, methods.allowed(&path));
            }
            if response.status() == 426 {
                set(&mut response, header::UPGRADE, "websocket");
                set(&mut response, header::SEC_WEBSOCKET_VERSION, "13");
            }
            Ok(response)
        }
    }
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn failure(error: &Error) -> Failure {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.clone();
    }
    if error.is::<ParsePathError>() || error.is::<NotFoundError>() {
        return Failure::not_found();
    }
    if let Some(wrong) = error.downcast_ref::<ParseParamError>() {
        return Failure::invalid(wrong.name, NOT_A_VALUE);
    }
    if error.is::<ContentTypeError>() {
        return Failure::new(415, "unsupported_media_type", "The request body must be JSON.");
    }
    if error.is::<MethodNotAllowedError>() {
        return Failure::new(
            405,
            "method_not_allowed",
            "This address does not accept this method.",
        );
    }
    if error.is::<WebSocketError>() {
        return Failure::new(400, "bad_request", "This is not a valid WebSocket handshake.");
    }
    match error.status().as_u16() {
        404 => Failure::not_found(),
        status @ 400..=499 => Failure::new(status, "bad_request", "The request is not valid."),
        _ => {
            tracing::error!(%error, "a request failed");
            broken()
        }
    }
}

fn broken() -> Failure {
    let words =
        "Something went wrong on the server. Everything saved so far is safe; please try again.";
    Failure::new(500, "internal", words)
}
