//! Who is calling: the peer, or whom a trusted proxy says it speaks for.

use std::{net::IpAddr, str::FromStr};

/// Networks of proxies whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<(IpAddr, u8)>);

/// The text is no list of networks.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("must be addresses or networks like 10.0.0.0/8, with commas between them")]
pub struct NotNetworks;

impl FromStr for Networks {
    type Err = NotNetworks;

    fn from_str(text: &str) -> Result<Self, NotNetworks> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(network).collect()
    }
}

impl FromIterator<(IpAddr, u8)> for Networks {
    fn from_iter<T: IntoIterator<Item = (IpAddr, u8)>>(networks: T) -> Self {
        Self(networks.into_iter().collect())
    }
}

fn network(text: &str) -> Result<(IpAddr, u8), NotNetworks> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| NotNetworks)?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Ok(most), str::parse).map_err(|_| NotNetworks)?;
    if bits > most { Err(NotNetworks) } else { Ok((address, bits)) }
}

impl Networks {
    /// An address lies in one of the networks.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|(network, bits)| match (network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                same(network.to_bits().into(), address.to_bits().into(), 32 - bits)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                same(network.to_bits(), address.to_bits(), 128 - bits)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        })
    }

    /// The client's address: from the right, the first one that is no trusted proxy.
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

fn same(a: u128, b: u128, ignored: u8) -> bool {
    let shift = u32::from(ignored);
    a.checked_shr(shift).unwrap_or(0) == b.checked_shr(shift).unwrap_or(0)
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
    fn the_right_most_untrusted_address_is_the_client() {
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
