//! How a finished answer's stream is read to its end.

use std::convert::Infallible;

use futures::StreamExt as _;

use crate::ports::ChatStream;

/// Runs `work`, and meanwhile reads a stream that has yielded `Done` to its end, so that its connection can be used
/// again. Never waits for the stream: it is dropped when `work` has ended.
pub(crate) async fn while_reading_to_end<T>(
    finished: Option<ChatStream>,
    work: impl Future<Output = T>,
) -> T {
    let reading = async move {
        if let Some(mut finished) = finished {
            // Only the end may follow, so an adapter that breaks this rule is not asked again.
            finished.next().await;
        }
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        // Work that never waits must not end before the stream was polled.
        biased;
        never = reading => match never {},
        done = work => done,
    }
}
