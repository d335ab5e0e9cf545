//! File descriptors: how many this process may open, and how many of them connections may have.
//!
//! What is kept back is for the store, the providers and the issuer: strangers who only connect never take
//! it from a turn that runs.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept back for the store, the log, the issuer and the runtime.
const RESERVE: u64 = 64;

/// Connections beside the sockets: requests, and browsers that keep theirs open.
const REQUESTS: usize = 1024;

/// Asked for where the system names no limit.
const PLENTY: u64 = 1 << 20;

/// Raises the soft limit of file descriptors to the hard one; returns the limit that holds then.
pub(crate) fn raise() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(PLENTY);
    let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(error) => {
            let now = limit.current.unwrap_or(PLENTY);
            tracing::warn!(%error, "cannot raise the limit of file descriptors, it stays at {now}");
            now
        }
    }
}

/// How many connections fit, and how many of them may be sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Capacity {
    pub(crate) connections: usize,
    pub(crate) sockets: usize,
}

impl Capacity {
    /// What fits into `limit` file descriptors where `wanted` sockets may be open: a quarter of what the
    /// reserve leaves is for connections to providers, one for each answer that runs.
    pub(crate) fn of(limit: u64, wanted: usize) -> Self {
        let left = limit.saturating_sub(RESERVE).max(limit / 2);
        let most = usize::try_from(left - left / 4).unwrap_or(usize::MAX).max(2);
        let connections = most.min(wanted.saturating_add(REQUESTS));
        // However many sockets there are, somebody can still sign in.
        let sockets = wanted.min(connections - (connections / 8).clamp(1, REQUESTS));
        Self { connections, sockets }
    }

    /// What an operator is told where `wanted` sockets do not fit into `limit`.
    pub(crate) fn shortage(self, limit: u64, wanted: usize) -> Option<String> {
        let needed =
            (wanted as u64).saturating_add(REQUESTS as u64).saturating_mul(4) / 3 + RESERVE + 1;
        (self.sockets < wanted).then(|| {
            format!(
                "COACH_MAX_SOCKETS: {wanted} sockets need {needed} file descriptors, and this process may \
                 open {limit}: it accepts {} sockets; raise the limit (ulimit -n, or LimitNOFILE in \
                 systemd), or set COACH_MAX_SOCKETS={}",
                self.sockets, self.sockets
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_the_store_and_the_providers() {
        for (limit, wanted, connections, sockets) in [
            (1 << 20, 10_000, 11_024, 10_000),
            (14_764, 10_000, 11_024, 10_000),
            (4_096, 10_000, 3_024, 2_646),
            (1_024, 10_000, 720, 630),
            (1_024, 100, 720, 100),
            (64, 10_000, 24, 21),
            (1, 1, 2, 1),
        ] {
            let capacity = Capacity::of(limit, wanted);
            assert_eq!(capacity, Capacity { connections, sockets }, "{limit} {wanted}");
            assert_eq!(capacity.shortage(limit, wanted).is_some(), sockets < wanted, "{limit}");
        }
    }

    #[test]
    fn what_is_missing_is_said_in_numbers_that_do() {
        let told = Capacity::of(1_024, 10_000).shortage(1_024, 10_000).unwrap();
        assert!(told.contains("10000 sockets need 14763 file descriptors"), "{told}");
        assert_eq!(Capacity::of(14_763, 10_000).sockets, 10_000);
        assert!(told.ends_with("set COACH_MAX_SOCKETS=630"), "{told}");
        assert_eq!(Capacity::of(1_024, 630).shortage(1_024, 630), None);
    }
}
