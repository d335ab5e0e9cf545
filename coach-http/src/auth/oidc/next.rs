//! The page to open after signing in: always a page of this host, never another site.

/// The longest address of a page, in bytes.
const LONGEST: usize = 512;

/// Returns `next` if it can only be a page of this host, otherwise `/`.
pub(crate) fn next_page(next: Option<&str>) -> String {
    next.filter(|next| is_ours(next)).unwrap_or("/").to_owned()
}

/// Browsers read `\` as `/` and drop tabs and line breaks, so none of these may occur.
fn is_ours(next: &str) -> bool {
    next.starts_with('/')
        && !next.contains("//")
        && next.len() <= LONGEST
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_always_on_this_site() {
        for next in ["/", "/conversation/7?at=1#end", "/research/invitations?new"] {
            assert_eq!(next_page(Some(next)), next);
        }
        for next in [
            "",
            "//evil",
            "/\\evil",
            "\\\\evil",
            "/\t/evil",
            "/\n/evil",
            "https://evil",
            "evil",
            "/a//b",
            "javascript:alert(1)",
            " /x",
            "/x y",
            "/ü",
            "/x\r\nset-cookie: a=b",
        ] {
            assert_eq!(next_page(Some(next)), "/", "{next:?}");
        }
        assert_eq!(next_page(Some(&format!("/{}", "x".repeat(512)))), "/");
        assert_eq!(next_page(None), "/");
    }
}
