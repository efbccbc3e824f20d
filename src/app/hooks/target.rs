//! Where a hook may send to. An address is checked when the hook is made, and what it stands for
//! each time something is sent: the connection goes to an address that was checked, so that a
//! name that comes to mean another machine leads nowhere.
//!
//! Addresses of link-local networks and the others where cloud machines keep their credentials,
//! of groups and of nobody are refused always; private networks and this machine unless they are allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use thiserror::Error;
use tokio::net::lookup_host;
use url::{Host, Url};

use crate::live::hook::settings::Reach;

/// Longest address.
const LONGEST: usize = 2_000;

/// Why nothing may be sent there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TargetFault {
    /// Not an address.
    #[error("it is no address of a receiver; write it like https://desk.example/frontbeat")]
    Address,
    /// Neither https nor, where that is allowed, http.
    #[error("messages go out encrypted: use https, or allow http with --plain-http")]
    NotHttps,
    /// It names somebody.
    #[error("an address must not hold a user or a password: the signature is what tells")]
    User,
    /// Nobody of that name.
    #[error("the host's name can't be resolved")]
    Unknown,
    /// A private network, or this machine.
    #[error(
        "it is in a private network or on this machine; allow that with --private-networks where it is meant"
    )]
    Private,
    /// Never.
    #[error("nothing is sent to link-local, group or reserved addresses, nor to a cloud's own")]
    Never,
}

/// A receiver's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    reach: Reach,
}

impl Target {
    /// From what somebody wrote.
    ///
    /// # Errors
    /// [`TargetFault`]; of a name it is not known here what it stands for.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, TargetFault> {
        let url = match Url::parse(text) {
            Ok(url) if text.len() <= LONGEST && url.fragment().is_none() => url,
            _ => return Err(TargetFault::Address),
        };
        match url.scheme() {
            "https" => {}
            "http" if reach.plain_http => {}
            "http" => return Err(TargetFault::NotHttps),
            _ => return Err(TargetFault::Address),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetFault::User);
        }
        match url.host() {
            Some(Host::Ipv4(ip)) => check(ip.into(), reach)?,
            Some(Host::Ipv6(ip)) => check(ip.into(), reach)?,
            Some(Host::Domain(name)) if !name.is_empty() => {}
            _ => return Err(TargetFault::Address),
        }
        Ok(Self { url, reach })
    }

    /// Scheme, host and port: what may be shown. Paths and queries hold passwords often enough.
    pub fn shown(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Whether it is asked for by TLS.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host, as certificates name it.
    pub fn host(&self) -> &str {
        let host = self.url.host_str().unwrap_or_default();
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Host and port, as the header `Host` has them.
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Path and query.
    pub fn path(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    /// The addresses that it stands for now and that may be sent to.
    ///
    /// # Errors
    /// [`TargetFault`] where there is none.
    pub async fn addresses(&self) -> Result<Vec<SocketAddr>, TargetFault> {
        let port = self.url.port_or_known_default().unwrap_or(443);
        let found = lookup_host((self.host(), port)).await;
        let mut refused = TargetFault::Unknown;
        let mut good = Vec::new();
        for address in found.map_err(|_| TargetFault::Unknown)? {
            match check(address.ip(), self.reach) {
                Ok(()) => good.push(address),
                Err(why) => refused = why,
            }
        }
        match good.is_empty() {
            true => Err(refused),
            false => Ok(good),
        }
    }
}

fn check(ip: IpAddr, reach: Reach) -> Result<(), TargetFault> {
    match kind(ip) {
        Kind::Public => Ok(()),
        Kind::Private if reach.private_networks => Ok(()),
        Kind::Private => Err(TargetFault::Private),
        Kind::Never => Err(TargetFault::Never),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Public,
    Private,
    Never,
}

/// By the registries of special-purpose addresses (RFC 6890 and what came after).
fn kind(ip: IpAddr) -> Kind {
    match ip.to_canonical() {
        IpAddr::V4(ip) => kind_of_four(ip),
        IpAddr::V6(ip) => kind_of_six(ip),
    }
}

/// Where the machines of clouds are told their credentials, outside of link-local networks:
/// Alibaba's, Oracle's, Azure's; and Amazon's.
const OF_CLOUDS: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];
const OF_A_CLOUD: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

fn kind_of_four(ip: Ipv4Addr) -> Kind {
    if OF_CLOUDS.contains(&ip) {
        return Kind::Never;
    }
    let [a, b, c, _] = ip.octets();
    match (a, b, c) {
        (0 | 224.., ..) | (169, 254, _) => Kind::Never,
        (10 | 127, ..)
        | (172, 16..=31, _)
        | (192, 168, _)
        | (100, 64..=127, _)
        | (198, 18..=19, _)
        | (192, 0, 0 | 2)
        | (198, 51, 100)
        | (203, 0, 113) => Kind::Private,
        _ => Kind::Public,
    }
}

fn kind_of_six(ip: Ipv6Addr) -> Kind {
    if ip == OF_A_CLOUD {
        return Kind::Never;
    }
    let segments = ip.segments();
    let four = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        kind_of_four(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 1] => Kind::Private,
        [0, 0, 0, 0, 0, 0, ..] | [0xfe80..=0xfebf, ..] | [0xff00..=0xffff, ..] => Kind::Never,
        // IPv4 by translation (RFC 6052) and 6to4: what the address within says.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => four(high, low),
        // Teredo: what the address within leads to is its server's to say.
        [0x2001, 0, ..] => Kind::Never,
        [0x2001, 0x0db8, ..] => Kind::Private,
        [0x2000..=0x3fff, ..] => Kind::Public,
        _ => Kind::Private,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAR: Reach = Reach {
        plain_http: true,
        private_networks: true,
    };

    fn fault(text: &str, reach: Reach) -> Option<TargetFault> {
        Target::parse(text, reach).err()
    }

    #[test]
    fn only_https_to_public_addresses_unless_more_is_allowed() {
        let near = Reach::default();
        assert_eq!(fault("https://desk.example/in?key=1", near), None);
        assert_eq!(fault("https://1.1.1.1:8443", near), None);
        assert_eq!(
            fault("http://desk.example", near),
            Some(TargetFault::NotHttps)
        );
        assert_eq!(fault("http://desk.example", FAR), None);
        for text in [
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://10.1.2.3",
            "https://172.31.0.1",
            "https://192.168.1.1",
            "https://100.64.0.1",
            "https://[::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:7f00:1::]/",
        ] {
            assert_eq!(fault(text, near), Some(TargetFault::Private), "{text}");
            assert_eq!(fault(text, FAR), None, "{text}");
        }
        for text in [
            "https://169.254.169.254/latest",
            "https://[::ffff:169.254.169.254]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://[fe80::1]/",
            "https://224.0.0.1",
            "https://0.0.0.0",
            "https://[::]/",
            "https://255.255.255.255",
            "https://100.100.100.200/latest",
            "https://192.0.0.192/opc",
            "https://168.63.129.16/",
            "https://[::ffff:100.100.100.200]/",
            "https://[fd00:ec2::254]/latest",
            "https://[2001:0:7f00:1::1]/",
        ] {
            assert_eq!(fault(text, FAR), Some(TargetFault::Never), "{text}");
        }
        for text in [
            "",
            "desk.example",
            "file:///etc/passwd",
            "ftp://a/",
            "https://",
            "https://a/#b",
        ] {
            assert_eq!(fault(text, FAR), Some(TargetFault::Address), "{text}");
        }
        assert_eq!(
            fault("https://me:pw@a.example/", FAR),
            Some(TargetFault::User)
        );
        let long = format!("https://a.example/{}", "x".repeat(LONGEST));
        assert_eq!(fault(&long, FAR), Some(TargetFault::Address));
    }

    #[tokio::test]
    async fn a_name_is_looked_at_by_what_it_stands_for() {
        let near = Target::parse("https://localhost:1/a?b=c", Reach::default()).unwrap();
        assert_eq!(near.addresses().await, Err(TargetFault::Private));
        assert_eq!(
            (near.shown().as_str(), near.path().as_str()),
            ("https://localhost:1", "/a?b=c")
        );
        let far = Target::parse("https://localhost:1", FAR).unwrap();
        assert!(
            far.addresses()
                .await
                .unwrap()
                .iter()
                .all(|a| a.ip().is_loopback())
        );
        let six = Target::parse("http://[::1]:8/", FAR).unwrap();
        assert_eq!((six.host(), six.authority().as_str()), ("::1", "[::1]:8"));
    }
}
