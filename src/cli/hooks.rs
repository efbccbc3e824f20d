//! `frontbeat hooks`: who is told of what as it happens.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;

use crate::app::hooks::job::{
    HookJobError, WantedHook, deliveries, list, make, replay, revoke, test,
};
use crate::app::workspace::Address;
use crate::cli::failure::Failure;
use crate::cli::hooks_text::{delivery_line, hook_lines};
use crate::cli::option_text::instant;
use crate::cli::output::{note, say};
use crate::exchange::area_geojson::areas_of;
use crate::live::hook::delivery::Resend;
use crate::live::hook::event::HookEvent;
use crate::live::hook::filter::{Fence, HookFilter};
use crate::live::hook::retry::Retries;
use crate::live::hook::settings::{HookSettings, Reach};
use crate::place::id::Id;

/// Make, list, test and revoke hooks: others are told of what happens, by signed messages
/// (Standard Webhooks) to an address of theirs. 推送
///
/// Works while a service runs on the workspace. Messages tell of places, categories and times,
/// never of persons. They are sent by the running service until they have arrived, at least
/// once each; the header webhook-id tells a message that comes again.
#[derive(Debug, Args)]
pub struct HooksArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a hook; its secret is shown this once.
    Make(Box<MakeArgs>),
    /// Say which hooks there are.
    List {
        /// The workspace.
        workspace: Address,
    },
    /// Say which events there are.
    Events,
    /// Say what was told to a hook, the newest first.
    Log {
        /// The workspace.
        workspace: Address,
        /// The hook's id, like h1.
        id: String,
        /// How many messages.
        #[arg(long, value_name = "NUMBER", default_value_t = 50,
            value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Send a test message from here, at once.
    Test {
        /// The workspace.
        workspace: Address,
        /// The hook's id, like h1.
        id: String,
    },
    /// Send messages again: dead letters, or what --message or --since names.
    Replay {
        /// The workspace.
        workspace: Address,
        /// The hook's id, like h1.
        id: String,
        /// One message, by its number in the log.
        #[arg(long, value_name = "NUMBER", conflicts_with = "since")]
        message: Option<u64>,
        /// All since an instant, also those that arrived: 2026-11-27T06:00:00Z.
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        since: Option<Timestamp>,
    },
    /// Revoke a hook; what waits for it is not sent.
    Revoke {
        /// The workspace.
        workspace: Address,
        /// The hook's id, like h1.
        id: String,
    },
}

#[derive(Debug, Args)]
struct MakeArgs {
    /// The workspace.
    workspace: Address,
    /// Who it is for: `street-office`, `station`…
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Where to: https://…
    #[arg(long, value_name = "URL")]
    url: String,
    /// An event, a group like incident.* or *; may be given again. frontbeat hooks events
    /// lists them.
    #[arg(long, value_name = "EVENT", default_value = "incident.*")]
    event: Vec<String>,
    /// Only of this category, with what lies in it; may be given again.
    #[arg(long, value_name = "CODE")]
    category: Vec<String>,
    /// Only in this beat, by its id; may be given again, as may the next three: one is enough.
    #[arg(long, value_name = "ID")]
    beat: Vec<String>,
    /// Only in this patrol zone, by its id.
    #[arg(long, value_name = "ID")]
    zone: Vec<String>,
    /// Only in beats of this station, by its id.
    #[arg(long, value_name = "ID")]
    station: Vec<String>,
    /// Only in the polygons of this file.
    #[arg(long, value_name = "FILE.geojson")]
    area: Vec<PathBuf>,
    /// How often a message is sent at most before it is a dead letter.
    #[arg(long, value_name = "NUMBER", default_value_t = Retries::default().tries,
        value_parser = clap::value_parser!(u32).range(1..=20))]
    tries: u32,
    /// The wait after the first time, seconds; each further one is three times as long.
    #[arg(long, value_name = "SECONDS", default_value_t = Retries::default().first_wait_s,
        value_parser = wait)]
    first_wait: f64,
    /// Send without encryption too: http://…
    #[arg(long)]
    plain_http: bool,
    /// Send into private networks and to this machine too.
    #[arg(long)]
    private_networks: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: HooksArgs) -> Result<(), Failure> {
    match args.what {
        What::Make(args) => make_one(*args).await,
        What::List { workspace } => {
            let hooks = list(&workspace).await.map_err(|f| Failure::failed(f, ""))?;
            if hooks.is_empty() {
                say("no hook was made\n")?;
            }
            hooks.iter().try_for_each(|hook| say(&hook_lines(hook)))
        }
        What::Events => {
            let mut names = HookEvent::ALL.iter();
            names.try_for_each(|event| say(&format!("{}\n", event.name())))
        }
        What::Log {
            workspace,
            id,
            limit,
        } => {
            let messages = deliveries(&workspace, &id, limit).await.map_err(failure)?;
            if messages.is_empty() {
                say("nothing was told so far\n")?;
            }
            let mut messages = messages.iter();
            messages.try_for_each(|message| say(&delivery_line(message)))
        }
        What::Test { workspace, id } => {
            let tested = test(&workspace, &id).await.map_err(failure)?;
            let ms = tested.took.as_millis();
            match tested.answer {
                Ok(status) if (200..300).contains(&status) => {
                    say(&format!("arrived: {status} in {ms} ms\n"))
                }
                Ok(status) => Err(Failure::failed(
                    format!("it did not arrive: the receiver answered {status} in {ms} ms"),
                    "2xx is what says that it did; redirects are not followed",
                )),
                Err(fault) => Err(Failure::failed(
                    format!("it did not arrive: {fault}"),
                    "check that the receiver runs and may be reached from here",
                )),
            }
        }
        What::Replay {
            workspace,
            id,
            message,
            since,
        } => {
            let which = match (message, since) {
                (Some(number), _) => Resend::One(number),
                (None, Some(since)) => Resend::Since(since),
                (None, None) => Resend::Dead,
            };
            match replay(&workspace, &id, which).await.map_err(failure)? {
                0 => say("there is no such message\n"),
                1 => say("1 message is sent again by the running service\n"),
                some => say(&format!(
                    "{some} messages are sent again by the running service\n"
                )),
            }
        }
        What::Revoke { workspace, id } => {
            revoke(&workspace, &id).await.map_err(failure)?;
            say(&format!("{id} is told of nothing any more\n"))
        }
    }
}

async fn make_one(args: MakeArgs) -> Result<(), Failure> {
    let mut within = Vec::new();
    within.extend(args.beat.iter().map(|id| Fence::Beat { id: Id::new(id) }));
    within.extend(args.zone.iter().map(|id| Fence::Zone { id: Id::new(id) }));
    within.extend(
        args.station
            .iter()
            .map(|id| Fence::Station { id: Id::new(id) }),
    );
    for file in &args.area {
        within.extend(areas_in(file)?);
    }
    let wanted = WantedHook {
        name: args.name,
        url: args.url,
        settings: HookSettings {
            filter: HookFilter {
                events: args.event,
                categories: args.category,
                within,
            },
            retries: Retries {
                tries: args.tries,
                first_wait_s: args.first_wait,
            },
            reach: Reach {
                plain_http: args.plain_http,
                private_networks: args.private_networks,
            },
        },
    };
    let made = make(&args.workspace, &wanted).await.map_err(failure)?;
    say(&format!("{}\n", made.secret))?;
    note(format_args!(
        "{} tells {} at {}; the secret is shown this once. Verify messages by it (Standard Webhooks)",
        made.kept.id, made.kept.name, made.kept.target
    ));
    Ok(())
}

fn areas_in(file: &Path) -> Result<Vec<Fence>, Failure> {
    let wrong = |fault: &dyn std::fmt::Display| {
        Failure::usage(
            format!("{} can't be used: {fault}", file.display()),
            "give a GeoJSON file of polygons in WGS 84",
        )
    };
    let text = std::fs::read_to_string(file).map_err(|fault| wrong(&fault))?;
    let areas = areas_of(&text).map_err(|fault| wrong(&fault))?;
    Ok(areas.into_iter().map(|area| Fence::Area { area }).collect())
}

fn wait(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok();
    let possible = seconds.filter(|seconds| (0.1..=3600.0).contains(seconds));
    possible.ok_or_else(|| "a number of seconds, 0.1 to 3600".to_owned())
}

fn failure(fault: HookJobError) -> Failure {
    match &fault {
        HookJobError::Store(_) => Failure::failed(fault, ""),
        _ => Failure::usage(fault, ""),
    }
}
