//! The client's address, with trusted proxies taken into account.

use std::net::{IpAddr, SocketAddr};

use poem::Request;

use crate::host::App;

/// Returns the client's address: the peer's, or the one that a trusted proxy forwards.
pub(crate) fn address(request: &Request, app: &App) -> IpAddr {
    let peer = request.remote_addr().as_socket_addr().map(SocketAddr::ip);
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    let hops: Vec<String> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|hop| hop.trim().to_owned())
        .collect();
    app.proxies.client(peer, hops.into_iter())
}
