//! `frontbeat feed`: delivers a table of incidents to a running service, as it grows or as
//! it once happened.

use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::time::Instant;

use crate::app::import::file::{ImportFile, load_file};
use crate::app::import::{ImportOptions, Surroundings, read_incidents};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::output::say;
use crate::exchange::import::made_up::Holds;
use crate::http::client::{Client, ServiceAddress};
use crate::incident::category::IncidentCategory;
use crate::incident::record::Incident;

/// Incidents in one delivery.
const AT_ONCE: usize = 1_000;

/// How often a growing file is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// How long to wait before what was not taken in is sent again, at first and at most.
const AGAIN: Duration = Duration::from_secs(1);
const AT_MOST: Duration = Duration::from_secs(60);

/// No line is longer, bytes.
const MOST_LINE: usize = 1024 * 1024;

/// Bytes of a growing file that are read in one go.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Deliver a table of incidents to a running service.
///
/// Follows a file that grows (`--follow`: lines that are added are delivered within a
/// second), or replays one as it happened (`--speed 1` in real time, `--speed 60` an hour a
/// minute: incidents then happen now). Columns are guessed as by `import`; what may tell of a
/// person is dropped unread. What the service did not answer for is sent again until it
/// does: nothing is lost, and nothing is there twice.
#[derive(Debug, Args)]
pub struct FeedArgs {
    /// The table, a CSV.
    file: PathBuf,
    /// The service.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    to: String,
    /// The key to deliver with, where one is needed.
    #[arg(
        long,
        value_name = "KEY",
        env = "FRONTBEAT_KEY",
        hide_env_values = true
    )]
    key: Option<String>,
    /// Deliver what is added to the file from now on, until interrupted.
    #[arg(long, conflicts_with = "speed")]
    follow: bool,
    /// With --follow: what stands in the file already, too.
    #[arg(long, requires = "follow")]
    from_start: bool,
    /// How many times as fast as it happened.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    speed: f64,
    /// A field's column, where the guess is wrong: --map at=报警时间 (may be repeated)
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// The frame of the coordinates: EPSG:<number>, wgs84, cgcs2000, gcj02 or bd09
    #[arg(long, value_name = "FRAME")]
    crs: Option<String>,
    /// One category for all rows, a word or a code
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    /// A CSV of the source's words and category codes: source,code[,name_en,name_zh]
    #[arg(long, value_name = "FILE")]
    category_map: Option<PathBuf>,
}

/// Where incidents go, and how many went.
struct Delivery {
    client: Client,
    done: usize,
    known: usize,
    refused: usize,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: FeedArgs) -> Result<(), Failure> {
    if !(args.speed.is_finite() && args.speed > 0.0) {
        return Err(Failure::usage("--speed must be a number above 0", ""));
    }
    let address = ServiceAddress::parse(&args.to).map_err(|fault| {
        Failure::usage(fault, "give the address that `frontbeat serve` printed")
    })?;
    let options = options_of(&args).await?;
    let mut delivery = Delivery {
        client: Client::new(address, args.key.clone()),
        done: 0,
        known: 0,
        refused: 0,
    };
    match args.follow {
        true => delivery.follow(&args, &options).await,
        false => delivery.replay(&args, &options).await,
    }
}

async fn options_of(args: &FeedArgs) -> Result<ImportOptions, Failure> {
    let mut map = Vec::new();
    for pair in &args.map {
        let (field, column) = pair.split_once('=').ok_or_else(|| {
            Failure::usage(
                format!("{pair:?} is no FIELD=COLUMN"),
                "write it like --map at=报警时间",
            )
        })?;
        map.push((field.to_owned(), column.to_owned()));
    }
    let category_map = match &args.category_map {
        Some(path) => Some(
            tokio::fs::read(path)
                .await
                .map_err(|fault| unreadable(path, &fault))?,
        ),
        None => None,
    };
    Ok(ImportOptions {
        map,
        crs: args.crs.clone(),
        category: args.category.clone(),
        category_map,
        ..ImportOptions::default()
    })
}

impl Delivery {
    /// What happened, as it happened: incidents happen now.
    async fn replay(&mut self, args: &FeedArgs, options: &ImportOptions) -> Result<(), Failure> {
        let file = load_file(&args.file)
            .await
            .map_err(|fault| Failure::failed(fault, ""))?;
        let mut incidents = self.read(file, options).await?;
        incidents.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.id.cmp(&b.id)));
        let Some(first) = incidents.first().map(|incident| incident.at) else {
            return Err(Failure::failed(
                "the file has no incident that can be read",
                "frontbeat import --dry-run shows how it is read",
            ));
        };
        say(&format!(
            "{} incidents from {first:.0} on, {} times as fast\n",
            incidents.len(),
            args.speed
        ))?;
        let begun = Instant::now();
        let due = |incident: &Incident| {
            let after = incident.at.duration_since(first).as_secs_f64() / args.speed;
            begun + Duration::from_secs_f64(after.clamp(0.0, 1e9))
        };
        let mut rest = incidents.as_slice();
        while let Some(next) = rest.first() {
            tokio::time::sleep_until(due(next)).await;
            let now = Instant::now();
            let together = rest
                .iter()
                .take(AT_ONCE)
                .take_while(|incident| due(incident) <= now)
                .count()
                .max(1);
            let (coming, later) = rest.split_at(together);
            rest = later;
            let items = coming
                .iter()
                .map(|incident| item(incident, false))
                .collect();
            self.deliver(items).await?;
        }
        self.say_counts()
    }

    /// What is added to the file, until interrupted.
    async fn follow(&mut self, args: &FeedArgs, options: &ImportOptions) -> Result<(), Failure> {
        let text = read_from(&args.file, 0).await?;
        let Some(end) = text.iter().position(|&b| b == b'\n') else {
            return Err(Failure::failed(
                "the file has no line of column names",
                "write the names first, then follow it",
            ));
        };
        let header = &text[..=end];
        let size = tokio::fs::metadata(&args.file)
            .await
            .map_err(|fault| unreadable(&args.file, &fault))?
            .len();
        let mut at = match args.from_start {
            true => header.len() as u64,
            false => {
                // From the beginning: only so is it known whether a line break is within quotes.
                let mut from = 0;
                while from < size {
                    match whole_rows(&read_from(&args.file, from).await?) {
                        0 => break,
                        whole => from += whole as u64,
                    }
                }
                from
            }
        };
        say(&format!(
            "following {}; Ctrl-C ends it\n",
            args.file.display()
        ))?;
        let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
        loop {
            let size = tokio::fs::metadata(&args.file)
                .await
                .map_err(|fault| unreadable(&args.file, &fault))?
                .len();
            if size < at {
                return Err(Failure::failed(
                    "the file has become shorter",
                    "follow the new one; what is there already is known by its ids",
                ));
            }
            let new = match size > at {
                true => read_from(&args.file, at).await?,
                false => Vec::new(),
            };
            // A row that is being written is left for later.
            let whole = whole_rows(&new);
            if whole > 0 {
                let table = [header, &new[..whole]].concat();
                let name = args.file.display().to_string();
                let read = self
                    .read(ImportFile::of_text(&name, table), options)
                    .await?;
                for some in read.chunks(AT_ONCE) {
                    let items = some.iter().map(|incident| item(incident, true)).collect();
                    self.deliver(items).await?;
                }
                at += whole as u64;
                self.say_counts()?;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = &mut interrupt => {
                    return self.say_counts();
                }
            }
        }
    }

    /// A table's incidents; rows that can't be read are told.
    async fn read(
        &mut self,
        file: ImportFile,
        options: &ImportOptions,
    ) -> Result<Vec<Incident>, Failure> {
        let surroundings = self.surroundings().await?;
        let (incidents, report) = read_incidents(file, options.clone(), surroundings)
            .await
            .map_err(|fault| {
                Failure::failed(fault, "frontbeat import --dry-run shows how a file is read")
            })?;
        for (column, why) in &report.dropped {
            output::note(format_args!("column {column} is dropped: {why}"));
        }
        if !report.refusals.is_empty() {
            output::note(format_args!("{} rows can't be used", report.refusals.len()));
            self.refused += report.refusals.len();
        }
        Ok(incidents)
    }

    /// What the service says of itself, that rows are read by.
    async fn surroundings(&mut self) -> Result<Surroundings, Failure> {
        let answer = self
            .client
            .get("/api/workspace")
            .await
            .map_err(|fault| Failure::failed(fault, ""))?;
        let workspace: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let listed = workspace["categories"].as_array().cloned();
        let category = |it: &Value| IncidentCategory {
            code: text(&it["code"]),
            name_en: text(&it["name_en"]),
            name_zh: text(&it["name_zh"]),
        };
        Ok(Surroundings {
            timezone: text(&workspace["timezone"]),
            boundary: None,
            categories: listed.unwrap_or_default().iter().map(category).collect(),
            references: std::collections::BTreeMap::new(),
            latest: Timestamp::MAX,
            // What is received has no mark of its own: made-up calls only go where all is made up.
            holds: match workspace["synthetic"].as_bool() {
                Some(true) => Holds::MadeUp,
                _ => Holds::Real,
            },
        })
    }

    /// Delivers until there is an answer.
    async fn deliver(&mut self, items: Vec<Value>) -> Result<(), Failure> {
        let body = Value::from(items).to_string();
        let mut wait = AGAIN;
        loop {
            let answer = self
                .client
                .post("/api/incidents", "application/json", None, body.clone())
                .await;
            let why = match answer {
                Ok(answer) if answer.status.is_success() => {
                    self.count(&serde_json::from_slice(&answer.body).unwrap_or_default());
                    return Ok(());
                }
                Ok(answer) => {
                    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                    let detail = problem["detail"].as_str().unwrap_or("no reason given");
                    if ![429, 503, 507].contains(&answer.status.as_u16()) {
                        return Err(Failure::failed(
                            format!("the service refuses ({}): {detail}", answer.status),
                            "",
                        ));
                    }
                    detail.to_owned()
                }
                Err(fault) => fault.to_string(),
            };
            output::note(format_args!(
                "not taken in: {why}; again in {} s",
                wait.as_secs()
            ));
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(AT_MOST);
        }
    }

    fn count(&mut self, told: &Value) {
        let count = |name: &str| {
            let number = told[name].as_u64().unwrap_or(0);
            usize::try_from(number).unwrap_or(usize::MAX)
        };
        self.done += count("done");
        self.known += count("known");
        self.refused += count("refused");
        for result in told["results"].as_array().into_iter().flatten() {
            if let Some(detail) = result["problem"]["detail"].as_str() {
                output::note(format_args!("refused: {detail}"));
            }
        }
    }

    fn say_counts(&self) -> Result<(), Failure> {
        say(&format!(
            "{} taken in, {} known already, {} refused\n",
            self.done, self.known, self.refused
        ))
    }
}

/// A file from a byte on.
async fn read_from(path: &Path, at: u64) -> Result<Vec<u8>, Failure> {
    let read = async {
        let mut file = File::open(path).await?;
        file.seek(SeekFrom::Start(at)).await?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes).await?;
        Ok(bytes)
    };
    read.await.map_err(|fault| unreadable(path, &fault))
}

/// Bytes of the rows that are complete: up to the last line break that is not within quotes
/// (RFC 4180: quotes begin with their field). A quote that nothing closes must not hold
/// back the rest of the night: past the longest line any line break ends a row.
fn whole_rows(text: &[u8]) -> usize {
    let (mut whole, mut quoted, mut begins) = (0, false, true);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' if begins => quoted = true,
            b'"' if quoted && text.get(at + 1) == Some(&b'"') => at += 1,
            b'"' if quoted => quoted = false,
            b'\n' if !quoted || at - whole > MOST_LINE => {
                quoted = false;
                whole = at + 1;
            }
            _ => {}
        }
        begins = !quoted && matches!(byte, b',' | b';' | b'\t' | b'\n');
        at += 1;
    }
    whole
}

fn unreadable(path: &Path, fault: &std::io::Error) -> Failure {
    Failure::failed(format!("{} can't be read: {fault}", path.display()), "")
}

/// An incident as it is delivered; with its time, or happening now.
fn item(incident: &Incident, with_time: bool) -> Value {
    let mut item = json!({
        "id": incident.id,
        "position": incident.position,
        "category": incident.category,
        "priority": incident.priority.number(),
        "origin": incident.origin,
    });
    if with_time && let Value::Object(fields) = &mut item {
        fields.insert("at".into(), json!(incident.at));
        fields.insert("until".into(), json!(incident.until));
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> &str {
        &text[..whole_rows(text.as_bytes())]
    }

    #[test]
    fn a_row_ends_where_its_quotes_do() {
        assert_eq!(whole("a,b\nc"), "a,b\n");
        assert_eq!(whole("a,\"b\nb\"\nc,\"d\n"), "a,\"b\nb\"\n");
        assert_eq!(
            whole("a,\"say \"\"no\"\"\n\"\nrest"),
            "a,\"say \"\"no\"\"\n\"\n"
        );
        // A quote within a field is a quote.
        assert_eq!(whole("a,5\" pipe\nb\nc"), "a,5\" pipe\nb\n");
        assert_eq!(whole("no end"), "");
        assert_eq!(whole(""), "");
    }

    #[test]
    fn a_quote_that_nothing_closes_holds_back_a_line_at_most() {
        let long = format!("a,\"{}\nb\nc", "x".repeat(MOST_LINE));
        assert!(whole(&long).ends_with("\nb\n"), "{}", whole(&long).len());
    }
}
