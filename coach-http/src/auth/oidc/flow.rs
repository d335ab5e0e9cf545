//! The sign-in flow: sends the browser to the provider, and turns what it brings back into an identity. Never
//! keeps a token.

use coach_core::{people::Identity, timestamp::Timestamp};
use oauth2::{
    AuthType, AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RequestTokenError,
    Scope, TokenResponse as _,
};
use openidconnect::Nonce;
use sha2::{Digest as _, Sha256};

use super::{
    Oidc, Purpose, Refused, SignInAttempt,
    claims::{Expected, Invalid, Proven, verified},
    fields::{Fields, object},
    metadata::Metadata,
    tokens::{Client, Tokens},
};

/// The longest code, in bytes; a longer one is never sent to the provider.
const LONGEST_CODE: usize = 4096;

/// The parameters that the browser brings back.
#[derive(Default)]
pub(crate) struct CallbackQuery {
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) iss: Option<String>,
}

impl Oidc {
    /// Returns the URL to send the browser to, and the attempt that it must bring back.
    pub(crate) async fn leave(
        &self,
        next: String,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<(String, SignInAttempt), Refused> {
        let provider = self.in_time(self.metadata(now)).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(&provider)?;
        let nonce = Nonce::new_random();
        let mut request = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(["openid", "email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("nonce", nonce.secret())
            .set_pkce_challenge(challenge);
        if self.config.issuer.as_str() == "https://accounts.google.com" {
            // On a shared device Google would silently sign in the previous user.
            request = request.add_extra_param("prompt", "select_account");
        }
        let (url, state) = request.url();
        let attempt = SignInAttempt {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            at: now.0,
            next,
            purpose,
        };
        Ok((url.into(), attempt))
    }

    /// Returns the identity of the user who came back.
    pub(crate) async fn arrive(
        &self,
        attempt: &SignInAttempt,
        answer: CallbackQuery,
        now: Timestamp,
    ) -> Result<Identity, Refused> {
        let state = answer.state.as_deref().unwrap_or_default();
        if Sha256::digest(state) != Sha256::digest(&attempt.state) || !self.spend(state, now) {
            return Err(Refused::Expired);
        }
        self.in_time(self.exchange(attempt, answer, now)).await
    }

    async fn exchange(
        &self,
        attempt: &SignInAttempt,
        answer: CallbackQuery,
        now: Timestamp,
    ) -> Result<Identity, Refused> {
        let provider = self.metadata(now).await?;
        let issuer = self.config.issuer.as_str();
        if answer.iss.as_deref().map_or(provider.names_itself, |iss| iss != issuer) {
            tracing::info!("the callback comes from another issuer");
            return Err(Refused::Failed);
        }
        if let Some(error) = answer.error {
            return Err(if error == "access_denied" { Refused::Denied } else { Refused::Failed });
        }
        let code = answer.code.filter(|code| !code.is_empty() && code.len() <= LONGEST_CODE);
        let code = AuthorizationCode::new(code.ok_or(Refused::Failed)?);
        let client = self.client(&provider)?;
        let tokens = self.tokens(&client, code, attempt).await?;
        let expected =
            Expected { issuer, client: &self.config.client_id, nonce: &attempt.nonce, now };
        let proven = match verified(&tokens.id_token, &provider, expected) {
            Err(Invalid::UnknownKey) => match self.newer_keys(now).await? {
                Some(newer) => verified(&tokens.id_token, &newer, expected),
                None => Err(Invalid::UnknownKey),
            },
            verified => verified,
        };
        let mut proven = proven.map_err(|invalid| refuse(&invalid))?;
        if !proven.is_complete() {
            self.complete(&provider, &tokens, &mut proven).await;
        }
        Ok(proven.identity)
    }

    async fn tokens(
        &self,
        client: &Client,
        code: AuthorizationCode,
        attempt: &SignInAttempt,
    ) -> Result<Tokens, Refused> {
        let request = client.exchange_code(code);
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let tokens = request.set_pkce_verifier(verifier).request_async(&self.http).await;
        // An unreadable answer may contain tokens, so its content is never logged.
        tokens.map_err(|error| match error {
            RequestTokenError::ServerResponse(answer) => {
                tracing::info!(error = %answer.error(), "the sign-in provider rejected the code");
                Refused::Failed
            }
            RequestTokenError::Request(silence) => {
                tracing::warn!(
                    error = &silence as &dyn std::error::Error,
                    "cannot fetch the sign-in provider's tokens"
                );
                Refused::Provider
            }
            RequestTokenError::Parse(wrong, _) => {
                let path = wrong.path().to_string();
                // The path is a field's name, or `.` if the answer is not a JSON object.
                let field = if path == "." { "id_token" } else { path.as_str() };
                tracing::warn!(field, "cannot read the sign-in provider's token response");
                Refused::Unreadable
            }
            RequestTokenError::Other(_) => {
                tracing::warn!("the sign-in provider's token response is not JSON");
                Refused::Unreadable
            }
        })
    }

    /// Completes the identity from the userinfo endpoint. The sign-in succeeds without it.
    async fn complete(&self, provider: &Metadata, tokens: &Tokens, proven: &mut Proven) {
        let token = tokens.access_token().secret();
        // A header cannot carry any other token.
        let sendable = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        let Some(url) = provider.userinfo.as_ref().filter(|_| sendable) else { return };
        let info = match self.http.get(url, Some(token)).await {
            Ok(info) => object(&info, "the userinfo").map_err(Invalid::from),
            Err(silence) => {
                tracing::info!(cause = %silence, "cannot fetch the sign-in provider's userinfo");
                return;
            }
        };
        let used = info.and_then(|info| proven.complete(Fields::of(&info)));
        if let Err(invalid) = used {
            tracing::info!(cause = %invalid, "the sign-in provider's userinfo was ignored");
        }
    }

    fn client(&self, provider: &Metadata) -> Result<Client, Refused> {
        let auth =
            if provider.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(oauth2::Client::new(self.client_id())
            .set_client_secret(self.client_secret())
            .set_auth_uri(provider.authorization.clone())
            .set_token_uri(provider.token.clone())
            .set_auth_type(auth)
            .set_redirect_uri(self.redirect_url()?))
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Refused>>,
    ) -> Result<T, Refused> {
        let done = tokio::time::timeout(self.config.patience, work).await;
        done.unwrap_or_else(|_| {
            tracing::warn!("the sign-in provider did not answer in time");
            Err(Refused::Provider)
        })
    }
}

/// Logs why a token is not valid: the wrong part, never its value.
fn refuse(invalid: &Invalid) -> Refused {
    let (field, refused) = match invalid {
        Invalid::UnknownKey => ("kid", Refused::Failed),
        Invalid::Wrong(field) => (*field, Refused::Failed),
        Invalid::Unreadable(unreadable) => (unreadable.field, Refused::Unreadable),
    };
    tracing::warn!(field, cause = %invalid, "an ID token is not valid");
    refused
}
