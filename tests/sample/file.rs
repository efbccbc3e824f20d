//! What the saved file promises: that it holds what was generated, and that others read it.

use frontbeat::app::sample::ATTRIBUTION;
use frontbeat::place::measure::Metres;
use frontbeat::roads::network::RoadNetwork;
use frontbeat::store::record::IncidentFilter;
use frontbeat::store::workspace::{Access, Workspace};
use std::process::Command;

use crate::made::{district, frontbeat, network, sample_file};

#[tokio::test]
async fn the_saved_file_holds_what_was_generated() {
    let d = district();
    let workspace = Workspace::open(sample_file(), Access::Read).await.unwrap();
    let saved = workspace.district().await.unwrap();
    assert!(
        saved.synthetic && saved.name.contains("SYNTHETIC 模拟数据"),
        "{}",
        saved.name
    );
    assert_eq!(saved.timezone, "Asia/Shanghai");
    assert_eq!(saved.boundary.as_ref(), Some(&d.boundary));
    assert_eq!(workspace.beats().await.unwrap(), d.beats);
    assert_eq!(workspace.stations().await.unwrap(), d.stations);
    assert_eq!(workspace.units().await.unwrap(), d.units);
    assert_eq!(workspace.pillars().await.unwrap(), d.pillars);
    assert_eq!(workspace.places().await.unwrap(), d.places);
    assert_eq!(
        workspace.joint_duty_posts().await.unwrap(),
        d.joint_duty_posts
    );
    let mut incidents = d.incidents.clone();
    incidents.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    assert_eq!(
        workspace
            .incidents(&IncidentFilter::default())
            .await
            .unwrap(),
        incidents
    );
    assert_eq!(workspace.basemap().await.unwrap().len(), d.basemap.len());
    let known = workspace.categories().await.unwrap();
    assert!(
        known
            .iter()
            .any(|c| c.code == "criminal/burglary" && c.name_zh == "入室盗窃")
    );
    assert_eq!(workspace.info().await.unwrap().attribution, ATTRIBUTION);
    let bytes = workspace.road_network().await.unwrap().expect("roads");
    assert!(
        bytes == network().0.to_bytes(),
        "made twice, the network is the same"
    );
    let opened = RoadNetwork::from_bytes(&bytes).unwrap();
    assert!(opened.snap(d.units[0].position, Metres(50.0)).is_some());
    workspace.close().await;
}

#[test]
fn an_existing_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.gpkg");
    std::fs::write(&path, "mine").unwrap();
    let output = frontbeat(&["sample", &path.display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("exists already"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");

    let nowhere = folder.path().join("no/such/folder/out.gpkg");
    let output = frontbeat(&["sample", &nowhere.display().to_string()]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn gdal_reads_every_layer_without_a_warning() {
    let output = match Command::new("ogrinfo")
        .args(["-ro", "-so", "-al"])
        .arg(sample_file())
        .output()
    {
        Ok(output) => output,
        Err(e) => {
            println!("SKIPPED gdal_reads_every_layer_without_a_warning: no ogrinfo ({e})");
            return;
        }
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaints.trim().is_empty(),
        "{complaints}"
    );
    for count in [
        "Feature Count: 60",
        "Feature Count: 1090",
        "Feature Count: 40",
    ] {
        assert!(said.contains(count), "{count} in {said}");
    }
    let incidents = format!("Feature Count: {}", district().incidents.len());
    assert!(said.contains(&incidents), "{incidents}");
}
