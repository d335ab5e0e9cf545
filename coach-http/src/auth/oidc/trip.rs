//! The way out to the provider and back: an address to send the browser to, and from what it brings back an
//! identity. Tokens are used here and thrown away.

use coach_core::{account::Identity, timestamp::Timestamp};
use oauth2::{
    AuthType, AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RequestTokenError,
    Scope, TokenResponse as _,
};
use openidconnect::{
    ClaimsVerificationError, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce,
    SignatureVerificationError,
    core::{
        CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod,
        CoreTokenResponse, CoreUserInfoClaims,
    },
};
use sha2::{Digest as _, Sha256};

use super::{Attempt, Oidc, Purpose, Refused, claims, provider::Metadata};

/// A longer code is none: it is not even sent back to the provider.
const LONGEST_CODE: usize = 4096;

/// What the browser brings back.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) iss: Option<String>,
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Oidc {
    /// Where to send a browser, and what it must bring back.
    pub(crate) async fn leave(
        &self,
        next: String,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<(String, Attempt), Refused> {
        let provider = self.in_time(self.metadata(now)).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(&provider)?;
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut request = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge);
        if self.config.issuer.as_str() == "https://accounts.google.com" {
            // On a shared device Google would silently sign in whoever was here last.
            request = request.add_prompt(CoreAuthPrompt::SelectAccount);
        }
        let (url, state, nonce) = request.url();
        let attempt = Attempt {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            at: now.0,
            next,
            purpose,
        };
        Ok((url.into(), attempt))
    }

    /// Who has come back.
    pub(crate) async fn arrive(
        &self,
        attempt: &Attempt,
        answer: Answer,
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
        attempt: &Attempt,
        answer: Answer,
        now: Timestamp,
    ) -> Result<Identity, Refused> {
        let provider = self.metadata(now).await?;
        let names_itself =
            provider.additional_metadata().authorization_response_iss_parameter_supported;
        let issuer = self.config.issuer.as_str();
        if answer.iss.as_deref().map_or(names_itself, |iss| iss != issuer) {
            tracing::info!("the browser comes back from another provider");
            return Err(Refused::Failed);
        }
        if let Some(error) = answer.error {
            return Err(if error == "access_denied" { Refused::Denied } else { Refused::Failed });
        }
        let code = answer.code.filter(|code| !code.is_empty() && code.len() <= LONGEST_CODE);
        let code = AuthorizationCode::new(code.ok_or(Refused::Failed)?);
        let client = self.client(&provider)?;
        let tokens = self.tokens(&client, code, attempt).await?;
        let token = tokens.extra_fields().id_token().ok_or(Refused::Failed)?;
        let nonce = Nonce::new(attempt.nonce.clone());
        let id = self.client_id();
        let claims = match claims::verified(token, &provider, &id, &nonce, now) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => match self.newer_keys(now).await? {
                Some(newer) => claims::verified(token, &newer, &id, &nonce, now),
                None => Err(ClaimsVerificationError::SignatureVerification(
                    SignatureVerificationError::NoMatchingKey,
                )),
            },
            verified => verified,
        };
        let claims = claims.map_err(|error| {
            tracing::info!(%error, "an ID token does not hold");
            Refused::Failed
        })?;
        let mut identity = claims::identity(claims);
        if (identity.name.is_none() || identity.email.is_none())
            && let Some(more) = self.user_info(&client, &tokens, claims.subject()).await
        {
            claims::complete(&mut identity, &more);
        }
        Ok(identity)
    }

    async fn tokens(
        &self,
        client: &Client,
        code: AuthorizationCode,
        attempt: &Attempt,
    ) -> Result<CoreTokenResponse, Refused> {
        let request = client.exchange_code(code).map_err(|_| Refused::Provider)?;
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let tokens = request.set_pkce_verifier(verifier).request_async(&self.http).await;
        // An answer that cannot be read may have tokens in it: what it says is not repeated.
        tokens.map_err(|error| match error {
            RequestTokenError::ServerResponse(answer) => {
                tracing::info!(error = %answer.error(), "the provider takes the code for none");
                Refused::Failed
            }
            RequestTokenError::Request(silence) => {
                tracing::warn!(error = &silence as &dyn std::error::Error, "no tokens");
                Refused::Provider
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                tracing::warn!("the provider's token endpoint answers something else than tokens");
                Refused::Provider
            }
        })
    }

    /// What the provider tells beside the ID token; nothing depends on it.
    async fn user_info(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        subject: &openidconnect::SubjectIdentifier,
    ) -> Option<CoreUserInfoClaims> {
        let token = tokens.access_token();
        // The library would put any other token into a header, and panic.
        if !token.secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let request = client.user_info(token.clone(), Some(subject.clone())).ok()?;
        match request.request_async(&self.http).await {
            Ok(claims) => Some(claims),
            Err(_) => {
                tracing::info!("the provider tells no more than the ID token");
                None
            }
        }
    }

    fn client(&self, provider: &Metadata) -> Result<Client, Refused> {
        let (id, secret) = (self.client_id(), self.client_secret());
        let client = CoreClient::from_provider_metadata(provider.clone(), id, Some(secret));
        let ways = provider.token_endpoint_auth_methods_supported();
        let in_body = ways.is_some_and(|ways| {
            !ways.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && ways.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let auth = if in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(client.set_auth_type(auth).set_redirect_uri(self.redirect_url()?))
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Refused>>,
    ) -> Result<T, Refused> {
        let done = tokio::time::timeout(self.config.patience, work).await;
        done.unwrap_or_else(|_| {
            tracing::warn!("the sign-in provider takes too long");
            Err(Refused::Provider)
        })
    }
}
