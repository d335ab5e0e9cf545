//! The example hosts over real sockets, tested by clients that know only the protocol.

mod closes;
mod cut;
mod host;
mod line;
mod programs;
mod same;
mod seed;
