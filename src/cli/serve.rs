//! `frontbeat serve`: Serve a workspace: API, tiles and the map.

use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::app::sample::district::DEFAULT_SEED;
use crate::app::sample::make_sample;
use crate::app::session::Session;
use crate::app::workspace::{Address, wait_for_store};
use crate::cli::failure::Failure;
use crate::http::guard::HostNames;
use crate::http::server;

/// Where the sample is made when `frontbeat` is called without a command: in the folder
/// one is in, where it is seen and can be deleted.
const SAMPLE: &str = "frontbeat-sample.gpkg";

const DEFAULT_ADDRESS: &str = "127.0.0.1:8080";

/// What is logged unless `FRONTBEAT_LOG` says otherwise. Of connections that broke off the service
/// says once what there is to say; the pool would say it of each.
const DEFAULT_LOG: &str = "warn,frontbeat=info,sqlx_core::pool=error,sqlx::pool=error";

/// Serve a workspace: API, tiles and the map.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The workspace.
    #[arg(value_name = "FILE.gpkg")]
    workspace: Address,
    /// Address and port; port 0 takes a free one. Other than loopback, anybody who
    /// reaches the port may ask: there is no sign-in.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = DEFAULT_ADDRESS, env = "FRONTBEAT_LISTEN")]
    listen: String,
    /// A host name by which the service may be asked, besides IP addresses and localhost;
    /// may be repeated.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Write nothing to the workspace: plans are kept in memory only.
    #[arg(long)]
    read_only: bool,
    /// How long to wait at the start for a database server that does not answer, seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        env = "FRONTBEAT_WAIT_FOR_STORE"
    )]
    wait_for_store: u64,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: ServeArgs) -> Result<(), Failure> {
    start_log();
    let address = parse_address(&args.listen)?;
    // The address first: a port in use is said before a large workspace is read.
    let listener = listen(address).await?;
    let patience = Duration::from_secs(args.wait_for_store);
    wait_for_store(&(&args.workspace).into(), patience, |fault| {
        say(&format!("Waiting for the database: {fault}"));
    })
    .await
    .map_err(|fault| Failure::failed(fault, ""))?;
    let session = Session::open(&args.workspace, args.read_only)
        .await
        .map_err(|fault| Failure::failed(fault, ""))?;
    let hosts = HostNames(Arc::new(args.allow_host));
    serve(listener, session, hosts, !args.read_only).await
}

/// Makes the sample workspace (once) and serves it.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run_sample() -> Result<(), Failure> {
    start_log();
    let listen_on = std::env::var("FRONTBEAT_LISTEN").unwrap_or_else(|_| DEFAULT_ADDRESS.into());
    let listener = listen(parse_address(&listen_on)?).await?;
    let path = Path::new(SAMPLE);
    make_sample_once(path).await?;
    let session = Session::open(path, false).await.map_err(|fault| {
        Failure::failed(fault, format!("delete {SAMPLE} to have it made again"))
    })?;
    serve(listener, session, HostNames::default(), true).await
}

async fn serve(
    listener: TcpListener,
    session: Arc<Session>,
    hosts: HostNames,
    wanted_to_write: bool,
) -> Result<(), Failure> {
    let address = listener
        .local_addr()
        .map_err(|fault| Failure::failed(fault, ""))?;
    let front = server::front(session.clone(), hosts).map_err(|e| Failure::failed(e, ""))?;
    let stop = stop_signal()?;
    say(&format!(
        "Frontbeat serves {} at http://{address}",
        session.snapshot().district.name
    ));
    if let Some(why) = session.read_only_because().filter(|_| wanted_to_write) {
        let how_long = match session.waits_to_write() {
            true => ", until it can be written to",
            false => "",
        };
        say(&format!(
            "It serves read-only{how_long}, plans are kept in memory: {why}"
        ));
    }
    if !address.ip().is_loopback() {
        say(
            "WARNING: this address can be reached from other machines, and there is no sign-in: \
             whoever reaches it sees everything and may plan",
        );
    }
    let warming = tokio::spawn(session.clone().warm_and_watch());
    let caring = tokio::spawn(session.clone().take_care());
    let live = session.live.clone();
    let mut running = tokio::spawn(live.run());
    let live = session.live.clone();
    let tidying = tokio::spawn(live.tidy_for_ever());
    let beating = tokio::spawn(session.live.clone().keep_pulse());
    let sharing = tokio::spawn(session.live.clone().share_signs());
    let suggesting = tokio::spawn(session.clone().keep_suggesting());
    let heating = tokio::spawn(session.clone().keep_heat());
    let telling = tokio::spawn(session.clone().keep_telling());
    let leaving = session.live.clone();
    // A service whose board stands still must not look alive.
    let stop_or_broken = async {
        tokio::select! {
            () = stop => {}
            ended = &mut running => {
                tracing::error!(?ended, "the board's writer has ended; the service stops");
            }
        }
        leaving.leave();
    };
    let served = server::serve(listener, front, stop_or_broken).await;
    let broken = running.is_finished();
    warming.abort();
    caring.abort();
    beating.abort();
    sharing.abort();
    suggesting.abort();
    heating.abort();
    telling.abort();
    running.abort();
    tidying.abort();
    session.close().await;
    served.map_err(|fault| Failure::failed(format!("the service stopped: {fault}"), ""))?;
    match broken {
        true => Err(Failure::failed(
            "the service stopped: its board broke off",
            "start it again; what was answered for is there",
        )),
        false => Ok(()),
    }
}

/// Makes the sample where it isn't there so far. It appears under its name only when it is
/// whole, so what an interrupted first run left is never served; two first runs in one
/// folder take turns by a lock, or one would rename the other's half.
async fn make_sample_once(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Ok(());
    }
    let failed = |fault: &dyn std::fmt::Display| {
        Failure::failed(fault, "start frontbeat in a folder that can be written to")
    };
    let lock_path = path.with_extension("making");
    let lock = File::create(&lock_path).map_err(|fault| failed(&fault))?;
    let _turn = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
        .await
        .map_err(|fault| failed(&fault))?
        .map_err(|fault| failed(&fault))?;
    let mut made = Ok(());
    if !path.exists() {
        say(&format!(
            "Making the sample district (synthetic, once): {}",
            path.display()
        ));
        made = make_sample(path, DEFAULT_SEED).await.map(|_| ());
    }
    // Whoever waits for the lock finds the sample whole; left behind, the empty file would
    // do no harm.
    let _ = std::fs::remove_file(&lock_path);
    made.map_err(|fault| failed(&fault))
}

fn parse_address(text: &str) -> Result<SocketAddr, Failure> {
    let localhost = text.strip_prefix("localhost:");
    let text_or_loopback = localhost.map_or(text.to_owned(), |port| format!("127.0.0.1:{port}"));
    text_or_loopback.parse().or_else(|_| {
        let ip = text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 8080));
        ip.map_err(|_| {
            Failure::usage(
                format!("{text:?} is no address to listen on"),
                format!("write ADDRESS:PORT, like {DEFAULT_ADDRESS} or [::1]:8080"),
            )
        })
    })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|fault| match fault.kind() {
            ErrorKind::AddrInUse => Failure::failed(
                format!("another program listens on {address} already"),
                "stop it, or choose another port with --listen 127.0.0.1:0",
            ),
            ErrorKind::PermissionDenied => Failure::failed(
                format!("this user may not listen on {address}"),
                "choose a port above 1023 with --listen",
            ),
            ErrorKind::AddrNotAvailable => Failure::failed(
                format!("{address} is not an address of this machine"),
                "choose one of its addresses, or 127.0.0.1",
            ),
            _ => Failure::failed(format!("can't listen on {address}: {fault}"), ""),
        })
}

/// Completes on the first SIGINT or SIGTERM.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let failed = |fault| Failure::failed(format!("signals can't be taken: {fault}"), "");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes on Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// A line on standard output at once, also into a pipe; a closed one is no fault.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn start_log() {
    let filter =
        EnvFilter::try_from_env("FRONTBEAT_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    // Refused only where a log was started already, which then serves.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}
