//! Who hears a conversation: the record to its end, an audience as long as it listens.

use std::io;

use anyhow::{Context as _, Result};

use super::Listener;

/// The listeners of one conversation.
#[derive(Default)]
pub(crate) struct Listeners {
    pub(crate) record: Option<Box<dyn Listener>>,
    pub(crate) audience: Option<Box<dyn Listener>>,
    lost: Option<io::Error>,
}

impl Listeners {
    /// Tells both. An audience that cannot be told any more is lost: the record is told all the same.
    pub(crate) fn tell(
        &mut self,
        tell: impl Fn(&mut dyn Listener) -> io::Result<()>,
    ) -> Result<()> {
        if let Some(record) = &mut self.record {
            tell(record.as_mut()).context("the record cannot be written")?;
        }
        if let Some(audience) = &mut self.audience
            && let Err(error) = tell(audience.as_mut())
        {
            self.audience = None;
            self.lost = Some(error);
        }
        Ok(())
    }

    /// Why the audience is gone, if it is: its reader left, or it could not be written to.
    pub(crate) fn lost(&self) -> Option<io::ErrorKind> {
        self.lost.as_ref().map(io::Error::kind)
    }

    /// Why the audience is gone, once.
    pub(crate) fn loss(&mut self) -> Result<()> {
        match self.lost.take() {
            Some(error) => Err(error).context("standard output"),
            None => Ok(()),
        }
    }
}
