//! The example hosts over real sockets, asked by clients that know nothing but the protocol.

mod closes;
mod cut;
mod host;
mod line;
mod same;
mod seed;
