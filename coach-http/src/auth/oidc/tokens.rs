//! The token endpoint's answer: two tokens. Ignores their expiry, scope and type, which may have any value.

use std::{fmt, time::Duration};

use oauth2::{
    AccessToken, EndpointNotSet, EndpointSet, RefreshToken, Scope, StandardRevocableToken,
    TokenResponse,
    basic::{
        BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
        BasicTokenType,
    },
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;

/// This host as the provider's client.
pub(super) type Client = oauth2::Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// An ID token, and the access token for the userinfo endpoint, empty if there is none.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Tokens {
    #[serde(deserialize_with = "id_token")]
    pub(super) id_token: String,
    #[serde(default = "nothing", deserialize_with = "if_text")]
    access_token: AccessToken,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

/// Reads the ID token; errors never contain the value.
fn id_token<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::String(token) => Ok(token),
        _ => Err(D::Error::custom("not a string")),
    }
}

fn if_text<'de, D: Deserializer<'de>>(from: D) -> Result<AccessToken, D::Error> {
    let token = Value::deserialize(from)?;
    Ok(AccessToken::new(token.as_str().unwrap_or_default().to_owned()))
}

fn nothing() -> AccessToken {
    AccessToken::new(String::new())
}

static BEARER: BasicTokenType = BasicTokenType::Bearer;

impl TokenResponse for Tokens {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BEARER
    }

    fn expires_in(&self) -> Option<Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}
