//! How fast, and in how much memory: Houston's 64,062 rows (≤ 2 s) and one million
//! synthetic rows (≤ 20 s, ≤ 1 GiB) into a fresh workspace, everything included.
//!
//! `cargo bench --bench import`; prints the figures and fails where a limit is broken.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use frontbeat::app::import::file::load_file;
use frontbeat::app::import::{ImportOptions, import_file};
use frontbeat::app::workspace::create_workspace;
use frontbeat::exchange::import::field::Layer;

const MILLION: u32 = 1_000_000;

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(fault) => {
            eprintln!("no runtime: {fault}");
            return ExitCode::FAILURE;
        }
    };
    let folder = tempfile::tempdir().expect("a folder");
    let data = std::env::var_os("FRONTBEAT_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let mut well = true;
    let houston = data.join("houston/incidents_2010_h1.csv");
    if houston.exists() {
        let took = runtime.block_on(import(&houston, &folder.path().join("h.gpkg")));
        well &= tell("Houston, 64,062 rows", took, Duration::from_secs(2));
    } else {
        println!("SKIPPED Houston: no FRONTBEAT_DATA");
    }
    let million = folder.path().join("million.csv");
    synthetic(&million).expect("a file");
    let took = runtime.block_on(import(&million, &folder.path().join("m.gpkg")));
    well &= tell("synthetic, 1,000,000 rows", took, Duration::from_secs(20));
    match peak_mib() {
        Some(peak) => {
            println!("peak resident memory: {peak} MiB (limit 1024)");
            well &= peak <= 1024;
        }
        None => println!("peak resident memory: not told by this system"),
    }
    if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn import(file: &Path, workspace: &Path) -> Duration {
    let workspace = create_workspace(workspace, "Bench", "America/Chicago", true)
        .await
        .expect("a workspace");
    let start = Instant::now();
    let file = load_file(file).await.expect("the file");
    let report = import_file(
        &workspace,
        Layer::Incidents,
        file,
        ImportOptions::default(),
        Arc::new(|_| ()),
    )
    .await
    .expect("an import");
    let took = start.elapsed();
    println!(
        "read {}, kept {}, refused {}",
        report.read,
        report.kept,
        report.refusals.len()
    );
    workspace.close().await;
    took
}

/// Places and times without pattern, the same in every run.
fn synthetic(path: &Path) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, "id,occurred_at,lon,lat,category,priority")?;
    let words = ["theft", "burglary", "纠纷", "traffic accident", "求助"];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for row in 0..MILLION {
        let lon = -95.6 + (next() % 1_000_000) as f64 * 4e-7;
        let lat = 29.5 + (next() % 1_000_000) as f64 * 4e-7;
        let (day, hour, minute) = (next() % 28 + 1, next() % 24, next() % 60);
        let month = next() % 12 + 1;
        let word = words[(next() % 5) as usize];
        writeln!(
            out,
            "S{row},2024-{month:02}-{day:02} {hour:02}:{minute:02}:00,{lon:.7},{lat:.7},{word},{}",
            next() % 3 + 1
        )?;
    }
    out.flush()
}

fn tell(what: &str, took: Duration, limit: Duration) -> bool {
    println!(
        "{what}: {:.2} s (limit {} s)",
        took.as_secs_f64(),
        limit.as_secs()
    );
    took <= limit
}

/// The most memory this process ever held, MiB.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
