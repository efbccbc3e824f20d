//! Passwords stay out of the list of processes and out of what is printed.
//!
//! Whoever is on a machine sees the arguments of every process on it, but not its
//! environment. So where an address on the command line has a password, the program starts
//! itself anew, at once, with the password in its environment and the address without it.

use std::ffi::OsString;

use crate::app::workspace::{printable, with_password, without_password};

/// `FRONTBEAT_PASSWORD_<n>` is the password of argument number n.
const VARIABLE: &str = "FRONTBEAT_PASSWORD_";

/// The arguments with the addresses whole, as they were given.
pub fn arguments() -> Vec<OsString> {
    let given: Vec<OsString> = std::env::args_os().collect();
    hide(&given);
    given
        .into_iter()
        .enumerate()
        .map(|(i, argument)| {
            let password = std::env::var(format!("{VARIABLE}{i}")).ok();
            match (argument.to_str(), password) {
                (Some(text), Some(password)) => {
                    let (before, address) = address_in(text);
                    format!("{before}{}", with_password(address, &password)).into()
                }
                _ => argument,
            }
        })
        .collect()
}

/// A text without any of the passwords in these arguments or this value of a variable.
pub fn redacted(text: &str, arguments: &[OsString], variable: Option<&OsString>) -> String {
    let mut shown = text.to_owned();
    for argument in arguments.iter().chain(variable) {
        let Some(argument) = argument.to_str() else {
            continue;
        };
        let (_, address) = address_in(argument);
        let without = printable(address);
        if without != address {
            shown = shown.replace(address, &without);
        }
    }
    shown
}

/// Starts the program anew where an argument has a password; returns where none has, or
/// where that can't be done.
#[cfg(unix)]
fn hide(given: &[OsString]) {
    use std::os::unix::process::CommandExt;

    let mut passwords = Vec::new();
    let shown: Vec<OsString> = given
        .iter()
        .enumerate()
        .map(|(i, argument)| {
            let Some(text) = argument.to_str() else {
                return argument.clone();
            };
            let (before, address) = address_in(text);
            let (without, password) = without_password(address);
            match password {
                Some(password) if !password.is_empty() && password != "…" => {
                    passwords.push((format!("{VARIABLE}{i}"), password));
                    format!("{before}{without}").into()
                }
                _ => argument.clone(),
            }
        })
        .collect();
    let (Some(name), Ok(program)) = (shown.first(), std::env::current_exe()) else {
        return;
    };
    if passwords.is_empty() {
        return;
    }
    // Returns only where it failed; the work is then done with the arguments as they are.
    let _ = std::process::Command::new(program)
        .arg0(name)
        .args(&shown[1..])
        .envs(passwords)
        .exec();
}

#[cfg(not(unix))]
fn hide(_: &[OsString]) {}

/// `--store=ADDRESS` in two, `--store=` first; other arguments are whole.
fn address_in(argument: &str) -> (&str, &str) {
    match argument.split_once('=') {
        Some((before, _)) if argument.starts_with("--") => argument.split_at(before.len() + 1),
        _ => ("", argument),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_has_no_password() {
        let arguments = [
            OsString::from("--store=postgres://a:secret@h/d"),
            OsString::from("postgres://b:p/w@h:x/d?schema=Y"),
        ];
        let variable = OsString::from("postgres://c@h/d?password=third");
        let said = "bad: postgres://a:secret@h/d, postgres://b:p/w@h:x/d?schema=Y and \
                    postgres://c@h/d?password=third";
        let shown = redacted(said, &arguments, Some(&variable));
        for password in ["secret", "p/w", "third"] {
            assert!(!shown.contains(password), "{shown}");
        }
        assert!(shown.contains("postgres://a@h/d"), "{shown}");
        for bad in [
            "--store=mysql://a:secret@h/d",
            "--store=host=h dbname=d password='my secret'",
        ] {
            let shown = redacted(bad, &[OsString::from(bad)], None);
            assert!(!shown.contains("secret"), "{shown}");
        }
    }

    /// What is started anew is given what was given, whatever looks like a password in it.
    #[test]
    fn other_addresses_stay_as_they_are() {
        for url in [
            "https://10.0.0.5:8443/in?password=x&token=abc",
            "https://10.0.0.5:8443/@ops/in?token=abc",
            "--url=https://ann:s@h/in?a=b",
        ] {
            let (before, address) = address_in(url);
            assert_eq!(without_password(address), (address.to_owned(), None));
            assert_eq!(format!("{before}{address}"), url);
            assert_eq!(redacted(url, &[OsString::from(url)], None), url);
        }
    }
}
