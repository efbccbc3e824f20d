//! `frontbeat info`: Say what a workspace holds.

use clap::Args;
use serde_json::{Value, json};

use crate::app::workspace::{Address, Description, describe};
use crate::cli::failure::Failure;
use crate::cli::output;

/// Say what a workspace holds.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// The workspace
    workspace: Address,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: InfoArgs) -> Result<(), Failure> {
    let description = describe(&args.workspace)
        .await
        .map_err(|fault| Failure::failed(fault, ""))?;
    if args.json {
        output::say(&format!("{:#}\n", as_json(&description)))?;
    } else {
        output::say(&as_text(&description)?)?;
    }
    Ok(())
}

fn as_json(Description { district, info }: &Description) -> Value {
    let layers: Vec<Value> = info
        .counts
        .iter()
        .map(|(kind, count)| json!({ "kind": kind, "count": count }))
        .collect();
    json!({
        "name": district.name,
        "timezone": district.timezone,
        "synthetic": district.synthetic,
        "schema_version": info.schema_version,
        "area_km2": district.boundary.as_ref().map(|b| b.km2()),
        "bbox": district.boundary.as_ref().map(|b| b.bbox()),
        "incidents": info.incidents.map(|w| json!({ "from": w.start(), "until": w.end() })),
        "layers": layers,
        "has_roads": info.has_roads,
        "attribution": info.attribution,
        "last_event": info.last_event,
    })
}

fn as_text(Description { district, info }: &Description) -> Result<String, Failure> {
    let mut lines = vec![district.name.clone()];
    if district.synthetic {
        lines.push("SYNTHETIC 模拟数据: every record is made up".into());
    }
    lines.push(format!("time zone       {}", district.timezone));
    lines.push(match &district.boundary {
        Some(area) => format!("area            {:.2} km²", area.km2()),
        None => "area            no boundary yet".into(),
    });
    if let Some(window) = info.incidents {
        let zone = district
            .zone()
            .map_err(|fault| Failure::failed(fault, "the workspace's table of districts"))?;
        let local =
            |at: jiff::Timestamp| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
        lines.push(format!(
            "incidents       {} to {}",
            local(window.start()),
            local(window.end())
        ));
    }
    lines.push(format!(
        "roads           {}",
        if info.has_roads { "yes" } else { "none yet" }
    ));
    if !info.attribution.is_empty() {
        lines.push(format!("attribution     {}", info.attribution));
    }
    lines.push(format!("schema version  {}", info.schema_version));
    lines.push(format!("events logged   {}", info.last_event));
    lines.push(String::new());
    for (layer, count) in &info.counts {
        lines.push(format!("{count:>12}  {layer}"));
    }
    Ok(lines.join("\n") + "\n")
}
