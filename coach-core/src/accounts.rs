//! Accounts: signing in without a provider, and ending logins.

use crate::{
    account::{Principal, User},
    coach::Coach,
    error::CoachError,
    ids::UserId,
    timestamp::Timestamp,
};

impl Coach {
    /// One account.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, CoachError> {
        Ok(self.0.stores.user(id).await?)
    }

    /// The accounts among `ids`: one question for all open sockets.
    pub async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, CoachError> {
        Ok(self.0.stores.users(ids).await?)
    }

    /// Signs in the built-in administrator with a one-time value that the host has checked; `None` if
    /// it was spent before.
    pub async fn sign_in_local_admin(
        &self,
        nonce: &str,
        until: Timestamp,
    ) -> Result<Option<User>, CoachError> {
        if !self.0.stores.spend_once(nonce, until, self.now()).await? {
            return Ok(None);
        }
        let id = UserId(self.0.ids.next());
        let at = self.now();
        Ok(Some(self.persist(|| self.0.stores.local_admin(id, at)).await?))
    }

    /// Ends all logins of the caller.
    pub async fn log_out(&self, by: &Principal) -> Result<(), CoachError> {
        self.0.stores.end_logins(by.user).await?;
        Ok(())
    }
}
