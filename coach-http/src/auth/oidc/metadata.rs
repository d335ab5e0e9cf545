//! A provider's discovery document: what of it is used, and the keys that it names. Everything else may be
//! missing or odd.

use oauth2::{AuthUrl, TokenUrl, url::Url};
use openidconnect::core::CoreJsonWebKeySet;

use super::fields::{Fields, Unreadable, object};

/// What is used of a discovery document, with the keys.
#[derive(Clone, Debug)]
pub(super) struct Metadata {
    pub(super) authorization: AuthUrl,
    pub(super) token: TokenUrl,
    pub(super) userinfo: Option<Url>,
    pub(super) keys_at: Url,
    pub(super) keys: CoreJsonWebKeySet,
    /// It signs with an elliptic curve, too.
    pub(super) signs_elliptic: bool,
    /// It takes the client's secret in the body alone.
    pub(super) secret_in_body: bool,
    /// It names itself whenever it sends a browser back (RFC 9207).
    pub(super) names_itself: bool,
}

impl Metadata {
    /// Reads a document; its keys are not there yet.
    ///
    /// # Errors
    ///
    /// The field that is used and cannot be read, or that names an address that is less safe than the
    /// issuer's, or another issuer.
    pub(super) fn read(document: &[u8], issuer: &Url, named: &str) -> Result<Self, Unreadable> {
        let document = object(document, "the discovery document")?;
        let fields = Fields::of(&document);
        if fields.text("issuer")? != named {
            return Err(Unreadable { field: "issuer", wanted: "what OIDC_ISSUER says" });
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

    /// The same with these keys. Single keys that cannot be read are left out.
    ///
    /// # Errors
    ///
    /// It is no set of keys.
    pub(super) fn with_keys(self, keys: &[u8]) -> Result<Self, Unreadable> {
        let wrong = |_| Unreadable { field: "keys", wanted: "a set of keys" };
        Ok(Self { keys: serde_json::from_slice(keys).map_err(wrong)?, ..self })
    }
}

/// A provider that is reached encrypted names no way that is not.
fn address(text: &str, field: &'static str, issuer: &Url) -> Result<Url, Unreadable> {
    let url = Url::parse(text).map_err(|_| Unreadable { field, wanted: "an address" })?;
    match url.scheme() == "https" || url.scheme() == issuer.scheme() {
        true => Ok(url),
        false => Err(Unreadable { field, wanted: "an https address" }),
    }
}
