//! `frontbeat keys`: which feeds may deliver to a running service.

use clap::{Args, Subcommand};

use crate::app::live::keys::{DEFAULT_PER_SECOND, list, make, revoke};
use crate::app::workspace::Address;
use crate::cli::failure::Failure;
use crate::cli::output;

/// Longest name of a feed.
const LONGEST: usize = 40;

/// Make, list and revoke the keys with which feeds deliver.
///
/// Works while a service runs on the workspace: a new key holds at once, a revoked one no
/// longer a second later. Once there is a key, nothing is taken in without one.
#[derive(Debug, Args)]
pub struct KeysArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a key; it is shown this once.
    Make {
        /// The workspace.
        workspace: Address,
        /// The feed it is for: `cad`, `vehicles`, `pillars`…
        #[arg(long, value_name = "NAME")]
        feed: String,
        /// Requests a second that it may make.
        #[arg(long, value_name = "NUMBER", default_value_t = DEFAULT_PER_SECOND,
            value_parser = clap::value_parser!(u32).range(1..=100_000))]
        per_second: u32,
    },
    /// Say which keys there are.
    List {
        /// The workspace.
        workspace: Address,
    },
    /// Revoke a key.
    Revoke {
        /// The workspace.
        workspace: Address,
        /// The key's id, like k1.
        id: String,
    },
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: KeysArgs) -> Result<(), Failure> {
    let store = |fault| Failure::failed(fault, "");
    match args.what {
        What::Make {
            workspace,
            feed,
            per_second,
        } => {
            let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if feed.is_empty() || feed.len() > LONGEST || !feed.chars().all(valid) {
                return Err(Failure::usage(
                    format!("{feed:?} is no name of a feed"),
                    format!(
                        "use 1 to {LONGEST} letters, digits, - and _: it becomes part of incidents' ids"
                    ),
                ));
            }
            if feed == "local" || feed == "desk" {
                return Err(Failure::usage(
                    format!("{feed:?} is what the service calls its own deliveries"),
                    "choose another name",
                ));
            }
            let made = make(&workspace, &feed, per_second).await.map_err(store)?;
            output::line(format_args!("{}", made.key));
            output::note(format_args!(
                "{} for {feed}, {per_second} requests a second; the key is shown this once. Send it as: Authorization: Bearer KEY",
                made.kept.id
            ));
            Ok(())
        }
        What::List { workspace } => {
            let keys = list(&workspace).await.map_err(store)?;
            if keys.is_empty() {
                output::line("no key was made: whoever is on this machine may deliver");
            }
            for key in keys {
                let until = key
                    .revoked_at
                    .map_or(String::new(), |at| format!(", revoked {at:.0}"));
                output::line(format_args!(
                    "{:4} {:20} {:6}/s  since {:.0}{until}",
                    key.id, key.feed, key.per_second, key.made_at
                ));
            }
            Ok(())
        }
        What::Revoke { workspace, id } => match revoke(&workspace, &id).await.map_err(store)? {
            true => {
                output::line(format_args!("{id} no longer holds"));
                Ok(())
            }
            false => Err(Failure::usage(
                format!("there is no key {id:?} that holds"),
                "frontbeat keys list shows what there is",
            )),
        },
    }
}
