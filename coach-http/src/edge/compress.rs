//! Compresses text answers of 1 KiB or more. Sockets and small answers stay uncompressed.

use std::sync::Arc;

use poem::{
    Endpoint, IntoResponse as _, Request, Response, Result,
    http::{HeaderValue, StatusCode, header},
    web::{Compress, CompressionAlgo},
};

/// The smallest body that is compressed, in bytes: below this, compression only costs time.
const WORTH: usize = 1024;

pub(crate) async fn compress<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    let gzip = request.header(header::ACCEPT_ENCODING).is_some_and(takes_gzip);
    let mut response = next.call(request).await?.into_response();
    let kind = response.content_type().unwrap_or_default();
    let text = kind.starts_with("text/")
        || ["json", "javascript", "svg", "manifest"].iter().any(|part| kind.contains(part));
    if response.status() != StatusCode::OK
        || !text
        || response.headers().contains_key("content-encoding")
    {
        return Ok(response);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let body = response.take_body().into_bytes().await?;
    let small = body.len() < WORTH;
    response.set_body(body);
    if !gzip || small {
        return Ok(response);
    }
    response.headers_mut().remove(header::CONTENT_LENGTH);
    Ok(Compress::new(response, CompressionAlgo::GZIP).into_response())
}

fn takes_gzip(accept: &str) -> bool {
    accept.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        named && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}
