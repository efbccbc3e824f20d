//! Where a workspace is: a GeoPackage file, or a schema of a PostGIS database.
//!
//! A server's address is a PostgreSQL URL with the schema as one more parameter:
//! `postgres://user@host:5432/database?schema=jingan`; without it the schema is
//! `frontbeat`. Several hosts, a primary and its standbys, are parted by commas:
//! `postgres://user@one:5432,two:5432/database`. What is shown of an address never has its
//! password in it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use thiserror::Error;

/// The schema of an address that names none.
pub const DEFAULT_SCHEMA: &str = "frontbeat";

/// Schemas of this name are half-made workspaces, which the next try takes away.
pub const DRAFT_PREFIX: &str = "frontbeat_draft_";

/// Longest name of a schema: the names of its draft and its role are made of it, and
/// PostgreSQL cuts names off after 63 bytes.
const LONGEST_SCHEMA: usize = 40;

/// Stands where a password was.
const HIDDEN: &str = "…";

/// The parameter that says which schema.
const SCHEMA: &str = "schema";

/// What an address may say besides the schema; the rest of PostgreSQL's own is read by nobody here.
const PARAMETERS: [&str; 13] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "options",
    "statement-cache-capacity",
];

/// Those of them that name a file.
const FILES: [&str; 3] = ["sslrootcert", "sslcert", "sslkey"];

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Where a workspace is.
#[derive(Debug, Clone)]
pub enum WorkspaceAddress {
    /// A GeoPackage file.
    File(PathBuf),
    /// A schema of a PostGIS database.
    Server(Box<ServerAddress>),
}

/// A schema of a PostGIS database.
#[derive(Clone)]
pub struct ServerAddress {
    /// How to connect to each of its hosts, at least one; the password is in it.
    pub(crate) hosts: Vec<PgConnectOptions>,
    /// The schema, a plain name that needs no quotes.
    pub(crate) schema: String,
    /// Files that its parameters name, by these.
    pub(crate) files: Vec<(String, PathBuf)>,
    shown: String,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Not a URL.
    #[error(
        "{shown} is no address of a PostgreSQL server ({why}); write postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME, with every special character of user and password as %XX (@ is %40, / is %2F, : is %3A, # is %23)"
    )]
    Url {
        /// As given, without the password.
        shown: String,
        /// What the parser says.
        why: String,
    },
    /// A name that a schema of a workspace may not have.
    #[error(
        "{0:?} can't be the schema of a workspace; take small letters, digits and _, beginning with a letter, at most 40, and neither public nor pg_…"
    )]
    Schema(String),
    /// An address of something else, or a scheme with a slip in it; without what may be a password.
    #[error(
        "{0} is neither a file nor an address known here; a server's is written postgres://USER@HOST/DATABASE?schema=NAME"
    )]
    Scheme(String),
    /// A host without a name.
    #[error(
        "{0} leaves a host empty; write localhost for this machine, or postgres:///DATABASE?host=/run/postgresql&user=USER for the socket of its server"
    )]
    Host(String),
    /// A parameter that nobody reads, its name only: its value may be a password.
    #[error(
        "the address has a parameter {0:?}, which is none; those known are {SCHEMA}, {known}", known = PARAMETERS.join(", ")
    )]
    Parameter(String),
    /// No database.
    #[error("{0} names no database; write postgres://USER@HOST/DATABASE")]
    Database(String),
}

impl ServerAddress {
    /// The address without its password.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The schema.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The same server, another schema.
    pub(crate) fn with_schema(&self, schema: String) -> Self {
        Self {
            schema,
            ..self.clone()
        }
    }
}

/// Shows no password.
impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServerAddress").field(&self.shown).finish()
    }
}

impl fmt::Display for WorkspaceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(server) => f.write_str(&server.shown),
        }
    }
}

impl FromStr for WorkspaceAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if !is_server(text) {
            if is_meant_for_a_server(text) {
                return Err(AddressError::Scheme(printable(text)));
            }
            return Ok(Self::File(PathBuf::from(text)));
        }
        server(text).map(Box::new).map(Self::Server)
    }
}

impl From<&Path> for WorkspaceAddress {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<&PathBuf> for WorkspaceAddress {
    fn from(path: &PathBuf) -> Self {
        Self::File(path.clone())
    }
}

impl From<PathBuf> for WorkspaceAddress {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&Self> for WorkspaceAddress {
    fn from(address: &Self) -> Self {
        address.clone()
    }
}

/// Whether a text means a server, well-formed or not.
pub fn is_server(text: &str) -> bool {
    SCHEMES
        .iter()
        .any(|scheme| text.get(..scheme.len()) == Some(scheme))
}

/// Whether a text is a server's address or was meant to be one: of another scheme, with a slip in
/// it, or as other programs have it (`host=… dbname=…`). Those of the web are none.
fn is_meant_for_a_server(text: &str) -> bool {
    let by_scheme = after_scheme(text).is_some_and(|begin| {
        let scheme = &text[..begin];
        let is_web = scheme.starts_with("http:") || scheme.starts_with("https:");
        !is_web && (scheme.contains(":/") || text[begin..].contains('@'))
    });
    let words = text.strip_prefix("PG:").unwrap_or(text).split(' ');
    let keys = ["host=", "dbname=", "password="];
    by_scheme
        || words
            .into_iter()
            .any(|word| keys.iter().any(|key| word.starts_with(key)))
}

/// Where the rest of an address begins: after its scheme, or what stands for it.
fn after_scheme(text: &str) -> Option<usize> {
    let slash = text.find('/')?;
    let before = text[..slash].trim_start();
    let scheme = before.trim_end_matches(':');
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let slashes = text[slash..].bytes().take_while(|c| *c == b'/').count();
    (is_scheme && (before.ends_with(':') || slashes > 1)).then_some(slash + slashes)
}

/// A text without the password that stands beside the user, and that password: what is between the
/// first `:` after the scheme, which ends at `begin`, and the last `@`, so that one with unescaped
/// characters goes as a whole. None where there is none.
fn users_password(text: &str, begin: usize) -> Option<(String, &str)> {
    let at = begin + text[begin..].rfind('@')?;
    let colon = begin + text[begin..at].find(':')?;
    let shown = format!("{}{}", &text[..colon], &text[at..]);
    Some((shown, &text[colon + 1..at]))
}

/// The text of a server's address in two: without its password, and the password as it stands
/// there, so that [`with_password`] makes the same text of them. Other texts stay as they are.
pub fn without_password(text: &str) -> (String, Option<String>) {
    let Some(scheme) = SCHEMES.iter().find(|scheme| text.starts_with(**scheme)) else {
        return (text.to_owned(), None);
    };
    if let Some((shown, password)) = users_password(text, scheme.len()) {
        return (shown, Some(password.to_owned()));
    }
    match parameter(text) {
        Some((from, until)) => {
            let mut shown = text.to_owned();
            shown.replace_range(from..until, HIDDEN);
            (shown, Some(text[from..until].to_owned()))
        }
        None => (text.to_owned(), None),
    }
}

/// What [`without_password`] took apart.
pub fn with_password(shown: &str, password: &str) -> String {
    let mut whole = shown.to_owned();
    if let Some((from, until)) = parameter(shown).filter(|(a, b)| &shown[*a..*b] == HIDDEN) {
        whole.replace_range(from..until, password);
    } else if let Some(at) = shown.rfind('@') {
        whole.insert_str(at, &format!(":{password}"));
    }
    whole
}

/// Where the value of the parameter `password` stands.
fn parameter(text: &str) -> Option<(usize, usize)> {
    const KEY: &str = "password=";
    let from = text.find(KEY)? + KEY.len();
    let until = text[from..].find('&').map_or(text.len(), |n| from + n);
    Some((from, until))
}

/// What may be printed of a text that is, or was meant to be, a server's address: no password, nor
/// the value of a parameter that is none, which may be one under a name with a slip in it. Other
/// texts whole.
pub fn printable(text: &str) -> String {
    if !is_meant_for_a_server(text) {
        return text.to_owned();
    }
    let Some(begin) = after_scheme(text) else {
        // `host=… password=…`, in whatever quotes.
        let end = text.to_ascii_lowercase().find("password");
        return end.map_or(text.to_owned(), |end| {
            format!("{}password={HIDDEN}", &text[..end])
        });
    };
    let mut shown = users_password(text, begin).map_or(text.to_owned(), |(shown, _)| shown);
    if let Some((base, query)) = shown.split_once('?') {
        let is_open = |key: &str| is_parameter(key) && key != "password";
        let pieces = query.split('&').map(|piece| match piece.split_once('=') {
            Some((key, _)) if !is_open(&decoded(key)) => format!("{key}={HIDDEN}"),
            _ => piece.to_owned(),
        });
        shown = format!("{base}?{}", pieces.collect::<Vec<_>>().join("&"));
    }
    shown
}

fn decoded(key: &str) -> String {
    let mut pairs = form_urlencoded::parse(key.as_bytes());
    pairs
        .next()
        .map(|(key, _)| key.into_owned())
        .unwrap_or_default()
}

/// Whether an address may say that.
fn is_parameter(key: &str) -> bool {
    key == SCHEMA || PARAMETERS.contains(&key) || key.starts_with("options[")
}

fn server(text: &str) -> Result<ServerAddress, AddressError> {
    let without = printable(text);
    let fault = |why: String| AddressError::Url {
        shown: without.clone(),
        why,
    };
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let path = base.splitn(4, '/').nth(3).unwrap_or_default();
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    // An @ after the first / or ? follows a password, and what stands before it is no host: where
    // there is no other one, and a : as before a password.
    let has_user = rest.contains('@') || !rest.contains(':');
    if path.contains(['@', '#']) || (query.contains('@') && !has_user) {
        return Err(fault("a special character stands in it as it is".into()));
    }
    let mut schema: Option<String> = None;
    let mut kept = form_urlencoded::Serializer::new(String::new());
    let mut files = Vec::new();
    let mut is_plain = false;
    let mut any_kept = false;
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        if key == SCHEMA {
            if schema.replace(value.into_owned()).is_some() {
                return Err(fault("it names two schemas".into()));
            }
        } else if is_parameter(&key) {
            is_plain |= key == "sslmode" && value == "disable";
            if FILES.contains(&&*key) {
                files.push((key.to_string(), PathBuf::from(&*value)));
            }
            kept.append_pair(&key, &value);
            any_kept = true;
        } else {
            return Err(AddressError::Parameter(key.into_owned()));
        }
    }
    let schema = schema.unwrap_or_else(|| DEFAULT_SCHEMA.to_owned());
    if !is_plain_name(&schema) {
        return Err(AddressError::Schema(schema));
    }
    let url = match any_kept {
        true => format!("{base}?{}", kept.finish()),
        false => base.to_owned(),
    };
    let urls = one_by_one(&url);
    // A socket, or an address of a host, may stand in its place; never in a list.
    let elsewhere = form_urlencoded::parse(query.as_bytes())
        .any(|(key, value)| matches!(&*key, "host" | "hostaddr") && !value.is_empty());
    if urls.iter().any(|url| has_no_host(url)) && !(urls.len() == 1 && elsewhere) {
        return Err(AddressError::Host(without));
    }
    let hosts = urls
        .iter()
        .map(|url| url.parse())
        .collect::<Result<Vec<PgConnectOptions>, sqlx::Error>>();
    let hosts = hosts.map_err(|e| match e {
        sqlx::Error::Configuration(why) if why.to_string() == "empty host" => {
            AddressError::Host(without.clone())
        }
        sqlx::Error::Configuration(why) => fault(why.to_string()),
        other => fault(other.to_string()),
    })?;
    let (user, database) = match hosts.first() {
        Some(first) => (first.get_username(), first.get_database()),
        None => return Err(fault("it names no host".into())),
    };
    let Some(database) = database else {
        return Err(AddressError::Database(without));
    };
    let named: Vec<String> = hosts.iter().map(host_of).collect();
    let shown = format!(
        "postgres://{user}@{}/{database}?schema={schema}",
        named.join(",")
    );
    Ok(ServerAddress {
        hosts,
        schema,
        // Nobody reads them where nothing is encrypted.
        files: if is_plain { Vec::new() } else { files },
        shown,
    })
}

/// A host as it is shown.
pub(crate) fn host_of(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

/// A URL of several hosts as one URL of each.
fn one_by_one(url: &str) -> Vec<String> {
    let begin = url.find("://").map_or(0, |at| at + 3);
    let end = url[begin..]
        .find(['/', '?'])
        .map_or(url.len(), |n| begin + n);
    // A comma before the last `@` belongs to the user or the password.
    let host = url[begin..end].rfind('@').map_or(begin, |n| begin + n + 1);
    url[host..end]
        .split(',')
        .map(|one| format!("{}{one}{}", &url[..host], &url[end..]))
        .collect()
}

/// Whether the URL of one host leaves it empty: what connects would take this machine, or what
/// `PGHOST` says.
fn has_no_host(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.is_empty() || host.starts_with(':')
}

fn is_plain_name(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let taken = name == "public"
        || name == "information_schema"
        || name.starts_with("pg_")
        || name.starts_with(DRAFT_PREFIX);
    begins && name.len() <= LONGEST_SCHEMA && name.chars().all(plain) && !taken
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
