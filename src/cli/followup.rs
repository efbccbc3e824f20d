//! `frontbeat followup`: was the plan driven, and where was patrol?

use std::fmt::Write;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use crate::app::clock;
use crate::app::follow_up::{FollowUpError, follow_up};
use crate::app::workspace::{Address, open_for_reading};
use crate::calendar::text::parse_instant;
use crate::calendar::window::Window;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::http::follow_up_body::{FollowUpBody, FollowUpCount, StopsBody};

/// How far back is looked where nobody says otherwise.
const USUAL: SignedDuration = SignedDuration::from_hours(12);

/// Count what was driven: patrol minutes given against those wanted, and stops kept.
///
/// Reads the log of the live board: positions of units that were free or at a stop, and the
/// plans that were in force. Works while a service runs on the workspace.
#[derive(Debug, Args)]
pub struct FollowUpArgs {
    /// The workspace.
    workspace: Address,
    /// From then on; local time where it has no offset; 12 hours before --until where absent.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until then; now where absent.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only beats and units of this station, by its id; may be given again.
    #[arg(long, value_name = "ID")]
    station: Vec<String>,
    /// H3 resolution of the cells in the JSON.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(7..=11))]
    resolution: u8,
    /// Print everything as JSON, cells and units too.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: FollowUpArgs) -> Result<(), Failure> {
    let store = |fault| Failure::failed(fault, "");
    let opened = open_for_reading(&args.workspace).await.map_err(store)?;
    let district = opened.district().await.map_err(store)?;
    let zone = district
        .zone()
        .map_err(|fault| Failure::failed(fault, ""))?;
    let now = clock::now();
    // The second that is running belongs to it.
    let next = Timestamp::from_second(now.as_second() + 1).unwrap_or(now);
    let instant = |text: &Option<String>| {
        let parsed = text.as_ref().map(|text| parse_instant(text, &zone));
        parsed.transpose().map_err(|f| Failure::usage(f, ""))
    };
    let until = instant(&args.until)?.unwrap_or(next);
    let usual = until.checked_sub(USUAL).unwrap_or(until);
    let from = instant(&args.from)?.unwrap_or(usual);
    let window = Window::new(from, until).map_err(|fault| Failure::usage(fault, ""))?;
    let followed = follow_up(&opened, window, args.resolution, now).await;
    opened.close().await;
    let followed = followed.map_err(|fault| match fault {
        FollowUpError::TooLong => Failure::usage(fault, "ask for a part of it"),
        _ => Failure::failed(fault, ""),
    })?;
    let body = FollowUpBody::of(
        &followed,
        &args.station,
        args.resolution,
        district.synthetic,
        &zone,
    );
    if args.json {
        let text = serde_json::to_string_pretty(&body).map_err(|f| Failure::failed(f, ""))?;
        return output::say(&format!("{text}\n"));
    }
    output::say(&text(&body))
}

/// As a table: a line a beat.
fn text(body: &FollowUpBody) -> String {
    let mut said = String::new();
    if body.synthetic {
        said.push_str("SYNTHETIC 模拟数据\n");
    }
    let head = [
        "given", "wanted", "seen", "stops", "made", "skipped", "missed", "kept",
    ];
    // Writing to a text can't fail.
    let _ = writeln!(
        said,
        "{} to {}, {} minutes",
        body.from, body.until, body.minutes
    );
    let _ = write!(said, "{:24}", "beat");
    for word in head {
        let _ = write!(said, " {word:>8}");
    }
    said.push('\n');
    for beat in &body.beats {
        row(&mut said, &beat.name, &beat.count);
    }
    if let Some(outside) = body.outside.as_ref().filter(|it| it.given_min > 0.0) {
        row(&mut said, "outside all beats", outside);
    }
    let total = &body.total;
    let _ = writeln!(
        said,
        "{} of {} stops whose time is over were made{}; of {} must-visits {}",
        total.made,
        total.planned - total.open,
        total
            .kept_percent
            .map_or(String::new(), |kept| format!(" ({kept:.0} %)")),
        total.must,
        total.must_made,
    );
    said
}

fn row(said: &mut String, name: &str, count: &FollowUpCount) {
    let StopsBody {
        planned,
        made,
        skipped,
        missed,
        kept_percent,
        ..
    } = &count.stops;
    let percent =
        |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{share:.0} %"));
    let seen = percent(count.visibility.map(|share| 100.0 * share));
    let kept = percent(*kept_percent);
    let _ = writeln!(
        said,
        "{name:24} {:8.1} {:8.1} {seen:>8} {planned:8} {made:8} {skipped:8} {missed:8} {kept:>8}",
        count.given_min, count.wanted_min
    );
}
