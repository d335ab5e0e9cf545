//! A scripted provider on a raw socket, exact to the byte.
//!
//! [`FaultServer`] accepts requests and plays [`Reply`]s; [`Speech`] writes the events of the three formats. For
//! tests of this crate, and of hosts that need a misbehaving provider. [`read_answer`] and [`request_body`] do without a
//! connection what a call does with one, so that it can be measured.
//!
//! ```
//! use coach_llm::{Endpoint, ModelRegistry, Providers, ModelSettings, testing::{FaultServer, Reply, Speech}};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), coach_llm::SetupError> {
//! let server = FaultServer::start().await;
//! server.push(Speech::OpenAi.answer(["Hello", " there."]));
//! server.push(Reply::json(429, "{}").header("retry-after", "1"));
//! let compatible = Some(Endpoint::at(server.url()));
//! let models = ModelRegistry::new(Providers { compatible, ..Providers::default() }, ModelSettings::default())?;
//! # Ok(()) }
//! ```

mod fault_server;
mod offline;
mod reply;
mod request;
mod speech;

pub use fault_server::{FaultServer, SeenRequest};
pub use offline::{read_answer, request_body};
pub use reply::Reply;
pub use speech::{Mishap, Speech};
