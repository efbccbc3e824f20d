//! `frontbeat links`: which units' phones may open their sheet and check in.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::app::live::links::job::{LinkJobError, LinksFor, list, make, revoke};
use crate::app::live::links::{DEFAULT_HOURS, MOST_HOURS};
use crate::app::workspace::Address;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::output::{ending_of, say, write};
use crate::exchange::qr_svg::qr_svg;

/// Make, list and revoke links with which a unit's phone opens its sheet and checks in.
///
/// A link is for a unit, never for a person; it is signed, says until when it holds, and is
/// shown this once. Works while a service runs on the workspace: a new link holds at once, a
/// revoked one no longer a second later.
#[derive(Debug, Args)]
pub struct LinksArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a link for a unit, or one for each unit of a plan.
    Make {
        /// The workspace.
        workspace: Address,
        /// The unit, by id or call sign.
        #[arg(
            long,
            value_name = "UNIT",
            required_unless_present = "plan",
            conflicts_with = "plan"
        )]
        unit: Option<String>,
        /// All units of this plan, by its id.
        #[arg(long, value_name = "ID")]
        plan: Option<String>,
        /// Hours for which it holds.
        #[arg(long, value_name = "NUMBER", default_value_t = DEFAULT_HOURS,
            value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_HOURS)))]
        hours: u32,
        /// Where phones reach the service.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
        base: String,
        /// Write the link as a QR code too; with several units their call signs are added to
        /// the name.
        #[arg(long, value_name = "FILE.svg")]
        qr: Option<PathBuf>,
    },
    /// Say which links there are.
    List {
        /// The workspace.
        workspace: Address,
    },
    /// Revoke all links of a unit.
    Revoke {
        /// The workspace.
        workspace: Address,
        /// The unit, by id or call sign.
        #[arg(long, value_name = "UNIT")]
        unit: String,
    },
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: LinksArgs) -> Result<(), Failure> {
    match args.what {
        What::Make {
            workspace,
            unit,
            plan,
            hours,
            base,
            qr,
        } => {
            if let Some(file) = &qr {
                ending_of(file, &["svg"], "a QR code")?;
            }
            let wanted = match (unit, plan) {
                (Some(unit), _) => LinksFor::Unit(unit),
                (None, Some(plan)) => LinksFor::Plan(plan),
                (None, None) => return Err(Failure::usage("no unit is named", "give --unit")),
            };
            let made = make(&workspace, &wanted, hours).await.map_err(failure)?;
            let several = made.len() > 1;
            for (call_sign, link) in &made {
                let address = format!("{}/unit#{}", base.trim_end_matches('/'), link.token);
                say(&format!("{call_sign}\t{address}\n"))?;
                if let Some(file) = &qr {
                    let drawn = qr_svg(&address).map_err(|fault| Failure::failed(fault, ""))?;
                    write(&named(file, call_sign, several), drawn.as_bytes())?;
                }
            }
            if let Some((_, link)) = made.first() {
                output::note(format_args!(
                    "until {:.0}; shown this once",
                    link.kept.until
                ));
            }
            Ok(())
        }
        What::List { workspace } => {
            let links = list(&workspace).await.map_err(|f| Failure::failed(f, ""))?;
            if links.is_empty() {
                say("no link was made\n")?;
            }
            for link in links {
                let revoked = link
                    .revoked_at
                    .map_or(String::new(), |at| format!(", revoked {at:.0}"));
                say(&format!(
                    "{:5} {:20} since {:.0} until {:.0}{revoked}\n",
                    link.id, link.unit, link.made_at, link.until
                ))?;
            }
            Ok(())
        }
        What::Revoke { workspace, unit } => {
            match revoke(&workspace, &unit).await.map_err(failure)? {
                0 => Err(Failure::usage(
                    format!("the unit {unit:?} has no link that holds"),
                    "frontbeat links list shows what there is",
                )),
                1 => say("1 link no longer holds\n"),
                some => say(&format!("{some} links no longer hold\n")),
            }
        }
    }
}

/// The file, or of several one with the unit's call sign in its name.
fn named(file: &std::path::Path, call_sign: &str, several: bool) -> PathBuf {
    if !several {
        return file.to_owned();
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let safe: String = call_sign
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    file.with_file_name(format!("{stem}-{safe}.svg"))
}

fn failure(fault: LinkJobError) -> Failure {
    let remedy = match &fault {
        LinkJobError::UnknownUnit(_) => {
            "frontbeat info counts the units; give an id or a call sign"
        }
        LinkJobError::SeveralUnits(_) | LinkJobError::Store(_) => "",
        LinkJobError::UnknownPlan(_) => "GET /api/plans lists them; frontbeat plan makes one",
    };
    match &fault {
        LinkJobError::Store(_) => Failure::failed(fault, remedy),
        _ => Failure::usage(fault, remedy),
    }
}
