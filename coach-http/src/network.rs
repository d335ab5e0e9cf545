//! The client's address: the peer's, or the one that a trusted proxy forwards.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;

/// Networks of proxies whose `X-Forwarded-For` is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

/// The text is not a list of networks.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("must be comma-separated addresses or networks like 10.0.0.0/8")]
pub struct NotNetworks;

impl FromStr for Networks {
    type Err = NotNetworks;

    fn from_str(text: &str) -> Result<Self, NotNetworks> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, NotNetworks> {
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| NotNetworks)
}

impl Networks {
    /// Returns whether an address lies in one of the networks.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the client's address: from the right, the first one that does not belong to a trusted proxy.
    pub fn client(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = String>,
    ) -> IpAddr {
        let mut client = peer.to_canonical();
        for hop in forwarded.rev() {
            if !self.contains(client) {
                break;
            }
            match hop.trim().parse::<IpAddr>() {
                Ok(address) => client = address.to_canonical(),
                Err(_) => break,
            }
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, header: &str) -> String {
        let hops: Vec<String> = header.split(',').map(str::to_owned).collect();
        let trusted: Networks = trusted.parse().unwrap();
        trusted.client(peer.parse().unwrap(), hops.into_iter()).to_string()
    }

    #[test]
    fn the_rightmost_untrusted_address_is_the_client() {
        assert_eq!(client("", "192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", "6.6.6.6, 198.51.100.7"), "198.51.100.7");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", "6.6.6.6, 10.9.9.9"), "6.6.6.6");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", "rubbish"), "10.0.0.1");
        assert_eq!(client("::1/128", "::1", "2001:db8::1"), "2001:db8::1");
        assert_eq!(client("127.0.0.1", "::ffff:127.0.0.1", "192.0.2.9"), "192.0.2.9");
    }

    #[test]
    fn networks_are_read_strictly() {
        for text in ["10.0.0.0/33", "10.0.0/8", "x", "::/129", "10.0.0.0/-1"] {
            assert!(text.parse::<Networks>().is_err(), "{text}");
        }
        let all: Networks = "0.0.0.0/0, ::/0".parse().unwrap();
        assert!(all.contains("192.0.2.1".parse().unwrap()));
        assert!(all.contains("2001:db8::1".parse().unwrap()));
    }
}
