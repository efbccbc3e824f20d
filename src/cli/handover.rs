//! `frontbeat handover`: What does a shift hand over to the next?

use std::fmt::Write;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::handover::{HandoverAsk, HandoverReport};
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::workspace::Address;
use crate::calendar::text::parse_instant;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::live::handover::figures::{STATUSES, Stand};
use crate::live::handover::spread::Spread;
use crate::place::measure::Seconds;

/// Say what a shift hands over: calls and how fast they were answered, what is left, alarms,
/// silent pillars, units, and what the next shift has to expect.
#[derive(Debug, Args)]
pub struct HandoverArgs {
    /// The workspace, a .gpkg file; also while it is served
    workspace: Address,
    /// From when: local like "2026-10-31 22:00", or RFC 3339 [default: the shift that ends
    /// within an hour, or else the one that ended last]
    #[arg(long, requires = "until")]
    from: Option<String>,
    /// Until when
    #[arg(long, requires = "from")]
    until: Option<String>,
    /// Only this station, by its id or name
    #[arg(long)]
    station: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: HandoverArgs) -> Result<(), Failure> {
    let session = Session::open(&args.workspace, true)
        .await
        .map_err(failure)?;
    let zone = session.snapshot().zone.clone();
    let told = tell(&session, &args, &zone).await;
    session.close().await;
    let report = told?;
    let name = &session.snapshot().district.name;
    output::say(&text(&report, name, &zone))
}

async fn tell(
    session: &std::sync::Arc<Session>,
    args: &HandoverArgs,
    zone: &TimeZone,
) -> Result<HandoverReport, Failure> {
    let instant = |name: &str, text: &Option<String>| {
        let parsed = text.as_deref().map(|text| parse_instant(text, zone));
        parsed
            .transpose()
            .map_err(|fault| Failure::usage(format!("--{name}: {fault}"), ""))
    };
    let ask = HandoverAsk {
        from: instant("from", &args.from)?,
        until: instant("until", &args.until)?,
        station: args.station.clone(),
    };
    session.handover(&ask).await.map_err(failure)
}

fn failure(fault: SessionError) -> Failure {
    match fault {
        SessionError::Handover(asked) => Failure::usage(asked, ""),
        other => Failure::failed(other, ""),
    }
}

fn text(report: &HandoverReport, name: &str, zone: &TimeZone) -> String {
    let mut out = String::new();
    // Writing to a text can't fail.
    let _ = write_all(&mut out, report, name, zone);
    out
}

fn write_all(
    out: &mut String,
    report: &HandoverReport,
    name: &str,
    zone: &TimeZone,
) -> std::fmt::Result {
    let (told, stretch) = (&report.told, &report.stretch);
    let day = |at: Timestamp| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let clock = |at: Timestamp| zone.to_datetime(at).strftime("%H:%M").to_string();
    let shift = stretch
        .shift
        .as_ref()
        .map_or("hand-over", |it| it.name_en.as_str());
    let station = report.station.as_ref().map_or("", |it| it.name.as_str());
    writeln!(out, "{}", format!("{name} {station}").trim_end())?;
    let (start, end) = (stretch.window.start(), stretch.window.end());
    write!(out, "{shift}, {} to {}", day(start), day(end))?;
    if stretch.known != stretch.window {
        write!(out, ", known until {}", day(stretch.known.end()))?;
    }
    writeln!(out, "\n")?;
    match &report.note {
        Some(written) => writeln!(out, "{} ({})\n", written.note.text, day(written.at))?,
        None => writeln!(out, "Nothing was written for the next shift.\n")?,
    }

    let calls = &told.calls;
    let stand = |of: Stand| calls.by_state.get(&of).copied().unwrap_or(0);
    writeln!(
        out,
        "Calls      {} received, {} of them closed, {} cancelled, {} merged; {} taken over, {} of \
         these still open; {} open now",
        calls.received,
        stand(Stand::Closed),
        stand(Stand::Cancelled),
        stand(Stand::Merged),
        calls.taken_over,
        calls.still_open,
        calls.open,
    )?;
    writeln!(
        out,
        "           {} opened again, {} taken for something else, {} pairs kept apart, {} noted as over",
        calls.reopened, calls.reclassified, calls.kept_apart, calls.noted
    )?;
    for (code, (received, open)) in &calls.by_category {
        writeln!(out, "           {received:4} {code}, {open} open")?;
    }
    writeln!(
        out,
        "\nPriority   calls   to dispatch (median, 90 %)   on the way   to arrival"
    )?;
    for (slot, of) in told.response.iter().enumerate() {
        let priority = match slot {
            0 => "all".to_owned(),
            n => n.to_string(),
        };
        writeln!(
            out,
            "{priority:<10} {:5}   {:<26}   {:<10}   {}",
            of.calls,
            spread(of.to_dispatch),
            spread(of.on_the_way),
            spread(of.to_arrival)
        )?;
    }
    if !told.open.is_empty() {
        writeln!(out, "\nOpen calls")?;
    }
    for call in &told.open {
        writeln!(
            out,
            "           {} priority {} {} {} since {}",
            call.name(),
            call.priority.number(),
            call.category,
            Stand::of(call).word(),
            day(call.times.received)
        )?;
    }
    let alarms = &told.alarms;
    writeln!(
        out,
        "\nAlarms     {} rung ({} presses), {} became calls; seen after {}, answered after {}; \
         escalated: {} not seen in time, {} not answered in time",
        alarms.rung,
        alarms.presses,
        alarms.calls,
        spread(alarms.acknowledged),
        spread(alarms.answered),
        alarms.unacknowledged,
        alarms.unanswered
    )?;
    let silent: Vec<String> = told
        .pillars
        .iter()
        .map(|it| match (it.online, it.since) {
            (false, Some(since)) => format!("{} silent since {}", it.id, day(since)),
            (false, None) => format!("{} offline by its layer", it.id),
            (true, _) => format!(
                "{} silent {} times, {}",
                it.id,
                it.silences,
                span(it.silent)
            ),
        })
        .collect();
    let silent = match silent.is_empty() {
        true => "all give signs of life".to_owned(),
        false => silent.join("; "),
    };
    writeln!(out, "Pillars    {silent}")?;
    let of_all = |slot: usize| Seconds(told.units.iter().map(|it| it.seconds[slot].0).sum());
    let times: Vec<String> = STATUSES
        .iter()
        .enumerate()
        .map(|(slot, status)| format!("{} {}", span(of_all(slot)), word(status)))
        .collect();
    writeln!(out, "Units      {}: {}", told.units.len(), times.join(", "))?;
    let plans: Vec<String> = report
        .plans
        .iter()
        .map(|plan| plan.id.to_string())
        .collect();
    let plans = match plans.is_empty() {
        true => "none".to_owned(),
        false => plans.join(", "),
    };
    writeln!(out, "Plans      {plans}")?;
    match &report.next {
        Err(why) => writeln!(out, "Next shift nothing can be said: {why}")?,
        Ok(next) => {
            let shift = next.shift.as_ref().map_or("", |it| it.name_en.as_str());
            writeln!(
                out,
                "Next shift {shift} {} to {}: {:.1} incidents expected, 80 % in {} to {} ({}, data \
                 until {})",
                day(next.window.start()),
                clock(next.window.end()),
                next.expected,
                next.interval[0],
                next.interval[1],
                next.model,
                day(next.data_until)
            )?;
            if let Some(usual) = next.usual {
                writeln!(
                    out,
                    "           usual: {:.1} a shift, in the last {} until {}",
                    usual.mean,
                    usual.shifts,
                    day(usual.until)
                )?;
            }
            for cell in &next.cells {
                writeln!(out, "           {:.2} {}", cell.expected, cell.label)?;
            }
        }
    }
    Ok(())
}

fn word(status: &impl serde::Serialize) -> String {
    match serde_json::to_value(status) {
        Ok(serde_json::Value::String(word)) => word.replace('_', " "),
        _ => String::new(),
    }
}

fn spread(spread: Option<Spread>) -> String {
    spread.map_or_else(
        || "–".into(),
        |of| format!("{}, {} (of {})", span(of.median), span(of.p90), of.count),
    )
}

/// `40 s`, `3 min 20 s`, `2 h 05 min`.
fn span(of: Seconds) -> String {
    let seconds = of.0.round() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_the_precision_they_deserve() {
        let said = [0.4, 59.4, 60.0, 200.0, 3600.0, 7_505.0].map(|s| span(Seconds(s)));
        assert_eq!(
            said,
            [
                "0 s",
                "59 s",
                "1 min 00 s",
                "3 min 20 s",
                "1 h 00 min",
                "2 h 05 min"
            ]
        );
    }
}
