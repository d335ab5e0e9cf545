//! Parses endpoint addresses as operators write them.
//!
//! Accepts a path with or without a version, refuses secrets in it, and never looks a name up.

use reqwest::Url;

/// Parses a configured address and adds `version` to a path without one.
pub(crate) fn base(text: &str, version: &str) -> Result<Url, &'static str> {
    let mut url = Url::parse(text.trim()).map_err(|_| "not a valid URL")?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("must start with http:// or https:// and a host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or password; use extra headers");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query or a fragment");
    }
    let is_version = |segment: &str| {
        segment.strip_prefix('v').is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit()))
    };
    let versioned = url.path_segments().is_some_and(|mut path| path.any(is_version));
    if !versioned && let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(version);
    }
    Ok(url)
}

/// Returns whether an address is this machine's own.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_matches(['[', ']']);
    bare == "localhost"
        || bare.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Result<String, &'static str> {
        base(text, "v1").map(|url| url.to_string())
    }

    #[test]
    fn an_address_is_the_same_with_and_without_its_version() {
        for text in ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/", " http://h:1 "]
        {
            assert_eq!(
                seen(text).map(|url| url.trim_end_matches('/').to_owned()),
                Ok("http://h:1/v1".to_owned()),
                "{text:?}"
            );
        }
        assert_eq!(seen("https://h/llm").as_deref(), Ok("https://h/llm/v1"));
        assert_eq!(seen("https://h/v1beta/openai").as_deref(), Ok("https://h/v1beta/openai"));
    }

    #[test]
    fn an_invalid_address_or_one_with_a_secret_is_refused() {
        for text in
            ["", "localhost:8080", "ftp://h", "http://u:p@h", "http://h/?key=1", "http://h#x"]
        {
            assert!(seen(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn this_machine_is_recognized_by_all_its_names() {
        let known = |text: &str| is_this_machine(&Url::parse(text).unwrap());
        assert!(
            ["http://localhost:1", "http://127.0.0.9", "http://[::1]:2"].iter().all(|u| known(u))
        );
        assert!(!["http://10.0.0.1", "http://127.evil.test"].iter().any(|u| known(u)));
    }
}
