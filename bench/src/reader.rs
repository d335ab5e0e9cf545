//! A participant or an observer, who verifies every frame and measures how long each delta took.

use std::sync::Arc;

use anyhow::Context as _;

use super::{
    check::{Checker, Seen},
    provider::Script,
    server::Place,
    socket::Socket,
    stamp,
};

/// One WebSocket with its checker.
#[derive(Debug)]
pub(crate) struct Reader {
    socket: Socket,
    checker: Checker,
    script: Arc<Script>,
    /// Nanoseconds from the provider's write to the read, of every delta of measured turns.
    pub(crate) delays: Vec<u64>,
    pub(crate) turns: Vec<TurnTimes>,
}

/// The times of one turn, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TurnTimes {
    /// From sending the message to the first delta.
    pub(crate) first: u64,
    /// From the last byte of the partner's answer to the coach's request.
    pub(crate) handoff: u64,
    /// The whole turn, without the time the provider took for both answers.
    pub(crate) overhead: u64,
}

impl Reader {
    /// Connects, and waits for the messages so far.
    pub(crate) async fn open(
        place: &Place,
        conversation: u32,
        script: Arc<Script>,
    ) -> anyhow::Result<Self> {
        let socket = Socket::connect(&place.address, &place.path, &place.headers).await?;
        let checker = Checker::new(conversation);
        let mut reader = Self { socket, checker, script, delays: Vec::new(), turns: Vec::new() };
        while reader.next().await?.0 != Seen::History {}
        Ok(reader)
    }

    /// Sends a message, and reads both answers.
    pub(crate) async fn take_turn(&mut self) -> anyhow::Result<()> {
        let conversation = self.checker.conversation();
        let text = stamp::message(conversation, self.checker.turn());
        let sent = stamp::now();
        self.socket.send(&format!(r#"{{"type":"message","content":"{text}"}}"#)).await?;
        let (first, done) = self.read_turn().await?;
        let provider = self.script.turn(conversation);
        let took = |(begun, ended): (u64, u64)| ended.saturating_sub(begun);
        self.turns.push(TurnTimes {
            first: first.saturating_sub(sent),
            handoff: provider.coach.0.saturating_sub(provider.partner.1),
            overhead: done
                .saturating_sub(sent)
                .saturating_sub(took(provider.partner) + took(provider.coach)),
        });
        Ok(())
    }

    /// Reads both answers of a turn; returns when the first delta and the end arrived.
    pub(crate) async fn read_turn(&mut self) -> anyhow::Result<(u64, u64)> {
        let mut first = None;
        loop {
            match self.next().await? {
                (Seen::Deltas(sent), at) => {
                    first.get_or_insert(at);
                    self.delays.extend(sent.into_iter().map(|sent| at.saturating_sub(sent)));
                }
                (Seen::TurnDone, at) => return Ok((first.unwrap_or(at), at)),
                (Seen::PartnerDone | Seen::History | Seen::Other, _) => {}
            }
        }
    }

    async fn next(&mut self) -> anyhow::Result<(Seen, u64)> {
        let conversation = self.checker.conversation();
        let text = self.socket.next().await?;
        let text = text.with_context(|| format!("conversation {conversation} was closed"))?;
        let seen = self
            .checker
            .frame(text, self.script.deltas())
            .with_context(|| format!("conversation {conversation}"))?;
        Ok((seen, self.socket.read_at))
    }
}
