//! A provider's discovery document: the fields that this host uses, and the provider's keys. Every other field
//! may be missing or malformed.

use oauth2::{AuthUrl, TokenUrl, url::Url};
use openidconnect::core::CoreJsonWebKeySet;

use super::fields::{Fields, Unreadable, object};

/// The used fields of a discovery document, and the keys.
#[derive(Clone, Debug)]
pub(super) struct Metadata {
    pub(super) authorization: AuthUrl,
    pub(super) token: TokenUrl,
    pub(super) userinfo: Option<Url>,
    pub(super) keys_at: Url,
    pub(super) keys: CoreJsonWebKeySet,
    /// Whether the provider also signs with an elliptic curve.
    pub(super) signs_elliptic: bool,
    /// Whether the provider accepts the client's secret only in the body.
    pub(super) secret_in_body: bool,
    /// Whether the provider names itself in every callback (RFC 9207).
    pub(super) names_itself: bool,
}

impl Metadata {
    /// Reads a document; its keys are still empty.
    ///
    /// # Errors
    ///
    /// The field that is needed and cannot be read, or that names another issuer, or a URL that is less safe than
    /// the issuer's.
    pub(super) fn read(document: &[u8], issuer: &Url, named: &str) -> Result<Self, Unreadable> {
        let document = object(document, "the discovery document")?;
        let fields = Fields::of(&document);
        if fields.text("issuer")? != named {
            return Err(Unreadable { field: "issuer", wanted: "equal to OIDC_ISSUER" });
        }
        let url = |field| address(fields.text(field)?, field, issuer);
        let userinfo = match fields.text_if_any("userinfo_endpoint") {
            Ok(Some(text)) => Some(address(text, "userinfo_endpoint", issuer)?),
            Ok(None) | Err(_) => None,
        };
        let says = |field, word| fields.texts(field).is_ok_and(|words| words.contains(&word));
        let methods = "token_endpoint_auth_methods_supported";
        Ok(Self {
            authorization: AuthUrl::from_url(url("authorization_endpoint")?),
            token: TokenUrl::from_url(url("token_endpoint")?),
            userinfo,
            keys_at: url("jwks_uri")?,
            keys: CoreJsonWebKeySet::default(),
            signs_elliptic: says("id_token_signing_alg_values_supported", "ES256"),
            secret_in_body: says(methods, "client_secret_post")
                && !says(methods, "client_secret_basic"),
            names_itself: fields.flag("authorization_response_iss_parameter_supported")
                == Some(true),
        })
    }

    /// Returns the same metadata with these keys. Skips single keys that cannot be read.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the document is not a key set.
    pub(super) fn with_keys(self, keys: &[u8]) -> Result<Self, Unreadable> {
        let wrong = |_| Unreadable { field: "keys", wanted: "a JSON Web Key set" };
        Ok(Self { keys: serde_json::from_slice(keys).map_err(wrong)?, ..self })
    }
}

/// Parses a URL of the document. An issuer with HTTPS must not name plain HTTP URLs.
fn address(text: &str, field: &'static str, issuer: &Url) -> Result<Url, Unreadable> {
    let url = Url::parse(text).map_err(|_| Unreadable { field, wanted: "a URL" })?;
    match url.scheme() == "https" || url.scheme() == issuer.scheme() {
        true => Ok(url),
        false => Err(Unreadable { field, wanted: "an https URL" }),
    }
}
