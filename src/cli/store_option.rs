//! `--store ADDRESS`: the workspace by name instead of as the first word, and from the
//! environment variable `FRONTBEAT_STORE` where a command names none.
//!
//! Every command takes its workspace as its first word. Where `--store` is given, that word
//! becomes the option: no command knows of it.

use std::ffi::{OsStr, OsString};

use clap::error::ErrorKind;
use clap::{ArgMatches, Command, Error};

/// The workspace where a command line names none.
pub const VARIABLE: &str = "FRONTBEAT_STORE";

/// The id of every command's argument that is a workspace.
const WORKSPACE: &str = "workspace";
const OPTION: &str = "--store";

/// Parses a command line; `fallback` is the value of [`VARIABLE`].
///
/// # Errors
/// What clap says of it.
pub fn matches(
    command: Command,
    arguments: Vec<OsString>,
    fallback: Option<OsString>,
) -> Result<ArgMatches, Error> {
    if arguments.iter().any(|a| is_option(a)) {
        return by_option(command).try_get_matches_from(arguments);
    }
    let Some(address) = fallback else {
        return command.try_get_matches_from(arguments);
    };
    if arguments.len() < 2 {
        // Without a command the sample is served; here there is something better.
        let program = arguments.into_iter().next().unwrap_or_default();
        return command.try_get_matches_from([program, "serve".into(), address]);
    }
    match command.clone().try_get_matches_from(&arguments) {
        Err(fault) if fault.kind() == ErrorKind::MissingRequiredArgument => {
            let mut option = OsString::from(OPTION);
            option.push("=");
            option.push(address);
            let with_store = arguments.into_iter().chain([option]);
            // What is missing may be something else: then the first complaint is the true one.
            by_option(command)
                .try_get_matches_from(with_store)
                .map_err(|second| match second.kind() {
                    ErrorKind::MissingRequiredArgument => fault,
                    _ => second,
                })
        }
        parsed => parsed,
    }
}

fn is_option(argument: &OsStr) -> bool {
    let argument = argument.to_string_lossy();
    argument == OPTION || argument.starts_with("--store=")
}

/// The command whose workspaces, its subcommands' too, are options.
fn by_option(command: Command) -> Command {
    let mut command = command;
    if command.get_arguments().any(|a| a.get_id() == WORKSPACE) {
        command = command.mut_arg(WORKSPACE, |argument| {
            argument.long("store").value_name("ADDRESS")
        });
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, by_option)
    })
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    fn program() -> Command {
        let import = Command::new("import")
            .arg(Arg::new(WORKSPACE).required(true))
            .arg(Arg::new("file").required(true));
        let list = Command::new("list").arg(Arg::new(WORKSPACE).required(true));
        Command::new("frontbeat")
            .subcommand(import)
            .subcommand(Command::new("serve").arg(Arg::new(WORKSPACE).required(true)))
            .subcommand(Command::new("forecast").subcommand(list))
    }

    fn parsed(line: &str, fallback: Option<&str>) -> Result<(String, Option<String>), ErrorKind> {
        let arguments = line.split(' ').map(OsString::from).collect();
        let found = matches(program(), arguments, fallback.map(OsString::from))
            .map_err(|fault| fault.kind())?;
        let (_, mut inner) = found.subcommand().expect("a command");
        if let Some((_, deeper)) = inner.subcommand() {
            inner = deeper;
        }
        let text = |id: &str| {
            let got = inner.try_get_one::<String>(id).ok().flatten();
            got.cloned()
        };
        Ok((text(WORKSPACE).expect("a workspace"), text("file")))
    }

    #[test]
    fn the_workspace_is_the_first_word_an_option_or_the_variable() {
        let one = |w: &str, f: &str| Ok((w.to_owned(), Some(f.to_owned())));
        let none = |w: &str| Ok((w.to_owned(), None));
        assert_eq!(parsed("frontbeat import w f", None), one("w", "f"));
        assert_eq!(parsed("frontbeat import w f", Some("v")), one("w", "f"));
        assert_eq!(parsed("frontbeat import f", Some("v")), one("v", "f"));
        assert_eq!(parsed("frontbeat import --store s f", None), one("s", "f"));
        assert_eq!(
            parsed("frontbeat import f --store=s", Some("v")),
            one("s", "f")
        );
        assert_eq!(parsed("frontbeat forecast list --store=s", None), none("s"));
        assert_eq!(parsed("frontbeat forecast list", Some("v")), none("v"));
        assert_eq!(parsed("frontbeat", Some("v")), none("v"));
        let missing = Err(ErrorKind::MissingRequiredArgument);
        assert_eq!(parsed("frontbeat import", Some("v")), missing);
        assert_eq!(parsed("frontbeat import f", None), missing);
    }
}
