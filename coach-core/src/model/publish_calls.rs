//! How ended calls reach the listeners of a coach.

use super::calls::{CallEnded, Calls};
use crate::{
    coach::Coach,
    ids::MessageId,
    ports::{ModelError, UsageEntry},
};

impl Coach {
    /// Returns a listener of the model calls that end from now on, in all conversations.
    pub fn calls(&self) -> Calls {
        self.0.calls.listen()
    }

    /// Publishes calls whose entries are durable. `failed` is the message whose call ended with this error.
    pub(crate) fn publish_calls(
        &self,
        entries: Vec<UsageEntry>,
        failed: Option<(MessageId, &ModelError)>,
    ) {
        for entry in entries {
            let error = failed.filter(|(message, _)| entry.message == Some(*message));
            self.publish_call(entry, error.map(|(_, error)| error.clone()));
        }
    }

    /// Publishes a call whose entry is durable.
    pub(crate) fn publish_call(&self, entry: UsageEntry, error: Option<ModelError>) {
        self.0.calls.publish(CallEnded { entry, error });
    }
}
