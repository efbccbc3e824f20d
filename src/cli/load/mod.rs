//! `frontbeat load`: a busy night against a running service on this machine, and what came
//! of it: how long deliveries waited for their answer, how long events took to each client,
//! whether anything was lost or came twice, how the service's memory went.

mod clients;
mod endings;
mod figures;
mod senders;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use clap::Args;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::Instant;

use crate::cli::failure::Failure;
use crate::cli::load::clients::{Heard, listen};
use crate::cli::load::endings::endings;
use crate::cli::load::figures::{Log, Memory, Waits, compare, read_log};
use crate::cli::load::senders::{Sent, Town, incidents, positions};
use crate::cli::output;
use crate::http::client::{Client, ServiceAddress};

/// How long clients may take to hear the last events once nothing more is sent.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Put a busy night's load on a service that runs on this machine, and report.
///
/// The workspace is filled with made-up incidents and positions: take a copy of one. Exit
/// code 1 where anything was lost or came twice.
#[derive(Debug, Args)]
pub struct LoadArgs {
    /// The service, on this machine.
    #[arg(value_name = "URL", default_value = "http://127.0.0.1:8080")]
    service: String,
    /// For how long, seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Units that move; at most those of the workspace.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    units: u32,
    /// Seconds from one position of a unit to the next.
    #[arg(long, default_value_t = 5.0)]
    every: f64,
    /// Incidents a second.
    #[arg(long, default_value_t = 20.0)]
    incidents: f64,
    /// Incidents in one delivery.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    batch: u32,
    /// Seconds after which a call is ended; 0 leaves all of them open.
    #[arg(long, default_value_t = 60.0)]
    open_for: f64,
    /// Clients that listen to all events.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    clients: u32,
    /// Clients that break off at random times and resume; of the clients above.
    #[arg(long, default_value_t = 50)]
    breaking: u32,
    /// The key to deliver with, where one is needed.
    #[arg(
        long,
        value_name = "KEY",
        env = "FRONTBEAT_KEY",
        hide_env_values = true
    )]
    key: Option<String>,
}

/// What all tasks share.
struct Shared {
    address: ServiceAddress,
    stop: AtomicBool,
    /// Answers other than 200 and 201.
    refused: AtomicU64,
    /// Requests without an answer.
    unanswered: AtomicU64,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: LoadArgs) -> Result<(), Failure> {
    let wrong = |fault| Failure::usage(fault, "give the address that `frontbeat serve` printed");
    let address = ServiceAddress::parse(&args.service).map_err(wrong)?;
    if !address.is_loopback() {
        return Err(Failure::usage(
            "load is put only on a service on this machine",
            "run the command there, with http://127.0.0.1:PORT",
        ));
    }
    for (name, value) in [
        ("every", args.every),
        ("incidents", args.incidents),
        ("open-for", args.open_for),
    ] {
        if !(value.is_finite() && (0.0..=100_000.0).contains(&value)) {
            return Err(Failure::usage(
                format!("--{name} must be a number from 0 on"),
                "",
            ));
        }
    }
    let failed = |fault| Failure::failed(fault, "start it with: frontbeat serve COPY.gpkg");
    let mut asking = Client::new(address.clone(), args.key.clone());
    let town = Town::read(&mut asking).await.map_err(failed)?;
    let before = figures::board_sequence(&mut asking).await.map_err(failed)?;
    let shared = Arc::new(Shared {
        address,
        stop: AtomicBool::new(false),
        refused: AtomicU64::new(0),
        unanswered: AtomicU64::new(0),
    });
    let units = town.units.len().min(args.units as usize);
    output::line(format_args!(
        "{} s: {units} units every {} s, {} incidents/s in {}s, {} clients ({} break off)",
        args.seconds, args.every, args.incidents, args.batch, args.clients, args.breaking
    ));
    let listeners: Vec<_> = (0..args.clients)
        .map(|number| {
            let breaks = number < args.breaking;
            tokio::spawn(listen(shared.clone(), before, number, breaks))
        })
        .collect();
    // The clients first: what they miss while they connect is told them too.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begun = Instant::now();
    let (calls, named) = unbounded_channel();
    let sending = tokio::spawn(incidents(
        shared.clone(),
        town.clone(),
        args.incidents,
        args.batch,
        args.key.clone(),
        calls,
    ));
    let ending = match args.open_for {
        0.0 => None,
        seconds => Some(tokio::spawn(endings(
            shared.clone(),
            named,
            Duration::from_secs_f64(seconds),
            args.key.clone(),
        ))),
    };
    let moving = tokio::spawn(positions(
        shared.clone(),
        town,
        units,
        args.every,
        args.key.clone(),
    ));
    let memory = Memory::watch(&mut asking, Duration::from_secs(args.seconds)).await;
    shared.stop.store(true, Ordering::Relaxed);
    let gone = |_| Failure::failed("a part of the load broke off", "");
    let mut sent: Sent = sending.await.map_err(gone)?;
    let moved: Sent = moving.await.map_err(gone)?;
    if let Some(ending) = ending {
        sent.ended = ending.await.map_err(gone)?;
    }
    let took = begun.elapsed().as_secs_f64();
    // What others deliver from now on, to this service or another one of the same workspace, is
    // not waited for.
    let last = figures::board_sequence(&mut asking).await.map_err(failed)?;
    tokio::time::sleep(LAST_WORDS).await;
    let mut heard: Vec<Heard> = Vec::new();
    for listener in listeners {
        heard.push(listener.await.map_err(gone)?);
    }
    let log = read_log(&mut asking, before, last).await.map_err(failed)?;
    report(&shared, took, &sent, &moved, &heard, &log, &memory)
}

fn report(
    shared: &Shared,
    took: f64,
    sent: &Sent,
    moved: &Sent,
    heard: &[Heard],
    log: &Log,
    memory: &Memory,
) -> Result<(), Failure> {
    let line = |name: &str, waits: &Waits| {
        output::line(format_args!(
            "{name:28} p50 {:7.1} ms  p99 {:7.1} ms  most {:7.1} ms  ({} of them)",
            waits.share(0.5),
            waits.share(0.99),
            waits.share(1.0),
            waits.count()
        ));
    };
    line("incidents: to the answer", &sent.waits);
    line("positions: to the answer", &moved.waits);
    let mut all = Waits::default();
    heard.iter().for_each(|client| all.add(&client.waits));
    line("event to client", &all);
    output::line(format_args!(
        "taken in: {} incidents ({:.1}/s; {} ended again), {} positions ({:.1}/s); {} refused, {} unanswered",
        sent.taken.len(),
        sent.taken.len() as f64 / took,
        sent.ended,
        moved.count,
        moved.count as f64 / took,
        shared.refused.load(Ordering::Relaxed),
        shared.unanswered.load(Ordering::Relaxed)
    ));
    output::line(memory);
    let verdict = compare(sent, heard, log);
    output::line(&verdict);
    match verdict.is_clean() {
        true => Ok(()),
        false => Err(Failure::failed(
            "something was lost, or came twice",
            "the lines above say what",
        )),
    }
}
