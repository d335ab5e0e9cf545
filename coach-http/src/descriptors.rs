//! File descriptors: how many this process may open, and how many of them connections may use.
//!
//! A reserve is kept for the store, the providers and the sign-in provider: clients that only connect can
//! never take it from a running turn.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Reserved for the store, the log, the sign-in provider and the runtime.
const RESERVE: u64 = 64;

/// Connections in addition to the sockets: requests, and browsers that keep connections open.
const REQUESTS: usize = 1024;

/// Requested where the system sets no limit.
const PLENTY: u64 = 1 << 20;

/// Raises the soft limit on file descriptors to the hard limit; returns the limit then in force.
pub(crate) fn raise() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(PLENTY);
    let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(error) => {
            let now = limit.current.unwrap_or(PLENTY);
            tracing::warn!(%error, "cannot raise the file descriptor limit; it stays at {now}");
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
    /// Returns what fits into `limit` file descriptors if `wanted` sockets may be open. A quarter of what
    /// remains after the reserve is for connections to providers, one for each running answer.
    pub(crate) fn of(limit: u64, wanted: usize) -> Self {
        let left = limit.saturating_sub(RESERVE).max(limit / 2);
        let most = usize::try_from(left - left / 4).unwrap_or(usize::MAX).max(2);
        let connections = most.min(wanted.saturating_add(REQUESTS));
        // Leave room for requests: users can still sign in when all sockets are taken.
        let sockets = wanted.min(connections - (connections / 8).clamp(1, REQUESTS));
        Self { connections, sockets }
    }

    /// Returns a warning for the operator if `wanted` sockets do not fit into `limit` file descriptors.
    pub(crate) fn shortage(self, limit: u64, wanted: usize) -> Option<String> {
        let needed =
            (wanted as u64).saturating_add(REQUESTS as u64).saturating_mul(4) / 3 + RESERVE + 1;
        (self.sockets < wanted).then(|| {
            format!(
                "COACH_MAX_SOCKETS: {wanted} sockets need {needed} file descriptors, but this process may \
                 open only {limit}, so it accepts {} sockets; raise the limit (ulimit -n, or LimitNOFILE in \
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
    fn connections_leave_file_descriptors_for_the_store_and_the_providers() {
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
    fn a_quota_that_is_too_small_is_answered_with_a_sufficient_one() {
        let warning = Capacity::of(1_024, 10_000).shortage(1_024, 10_000).unwrap();
        assert!(warning.contains("10000 sockets need 14763 file descriptors"), "{warning}");
        assert_eq!(Capacity::of(14_763, 10_000).sockets, 10_000);
        assert!(warning.ends_with("set COACH_MAX_SOCKETS=630"), "{warning}");
        assert_eq!(Capacity::of(1_024, 630).shortage(1_024, 630), None);
    }
}
