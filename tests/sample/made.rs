//! The sample district, its network and its file, made once for all tests.

use frontbeat::app::sample::district::SampleDistrict;
use frontbeat::roads::network::{BuildReport, RoadNetwork};
use frontbeat::roads::speed::SpeedTable;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

pub fn district() -> &'static SampleDistrict {
    static DISTRICT: OnceLock<SampleDistrict> = OnceLock::new();
    DISTRICT.get_or_init(|| SampleDistrict::generate(7).expect("seed 7"))
}

pub fn network() -> &'static (RoadNetwork, BuildReport) {
    static NETWORK: OnceLock<(RoadNetwork, BuildReport)> = OnceLock::new();
    NETWORK.get_or_init(|| {
        RoadNetwork::build(&district().roads, &SpeedTable::default()).expect("a network")
    })
}

/// Runs the program; the sample is made once for all tests that read it.
pub fn frontbeat(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

pub fn sample_file() -> &'static Path {
    static FILE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = FILE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sample.gpkg");
        let started = std::time::Instant::now();
        let output = frontbeat(&["sample", &path.display().to_string(), "--seed", "7"]);
        assert!(output.status.success(), "{output:?}");
        let bytes = path.metadata().expect("the file").len();
        println!(
            "MEASURED sample: {:.1} s in this build, {:.1} MiB",
            started.elapsed().as_secs_f64(),
            bytes as f64 / (1 << 20) as f64
        );
        assert!(bytes <= 20 << 20, "{bytes} bytes");
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["sample.gpkg", "sample.gpkg.lock"]);
        (folder, path)
    });
    path
}
