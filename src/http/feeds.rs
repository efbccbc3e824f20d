//! Feeds and alerts for other programs: hot spots as an Atom feed with GeoRSS, each as an
//! alert of the Common Alerting Protocol, and what is unusual now as such an alert.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;

use crate::app::export::source::Asked as Wished;
use crate::app::export::wanted::After;
use crate::app::session::near::beat_at;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::atom::{FeedAbout, atom_feed};
use crate::exchange::cap::{Sender, cap_alert};
use crate::exchange::notice::{Notice, NoticePlace, Unusual, largest_ring};
use crate::exchange::write::from_place::areas;
use crate::exchange::write::layers::HOT_SPOTS;
use crate::http::api::Service;
use crate::http::export::problem;
use crate::http::live::heat::false_alarm_days;
use crate::http::ogc::asked::Asked;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::risk::unusual::watch::Found;

const ATOM: &str = "application/atom+xml";
const CAP: &str = "application/cap+xml";

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .route("/feeds/hotspots.atom", axum::routing::get(hot_spots))
        .route("/feeds/hotspots/{file}", axum::routing::get(hot_spot))
        .route("/feeds/unusual.cap.xml", axum::routing::get(unusual))
}

/// Hot spots as an Atom feed with GeoRSS; each entry leads to its alert.
#[utoipa::path(get, path = "/feeds/hotspots.atom", tag = "feeds",
    params(
        ("from" = Option<String>, Query, description = "Incidents not before; RFC 3339 or local"),
        ("until" = Option<String>, Query, description = "Incidents before this"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated"),
        ("beat" = Option<Vec<String>>, Query, description = "Ids of beats; may be repeated"),
        ("hours" = Option<String>, Query, description = "Hours of every day like 22-6, or of the week"),
    ),
    responses(
        (status = 200, description = "The feed", content_type = "application/atom+xml"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace has nothing to make it of", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn hot_spots(
    State(service): State<Service>,
    mut asked: Asked,
) -> Result<Response, Problem> {
    let mut query = std::mem::take(&mut asked.query);
    let wished = wished(&mut query)?;
    query.finish()?;
    let notices = spots(&service, &wished).await?;
    let snapshot = service.session.snapshot();
    let about = FeedAbout {
        title: format!("Hot spots 热点 · {}", snapshot.map_name()),
        address: address(&asked, "/feeds/hotspots.atom"),
        alerts: address(&asked, "/feeds/hotspots/"),
        question: question(&wished),
        updated: notices
            .first()
            .map_or(jiff::Timestamp::UNIX_EPOCH, |n| n.at),
    };
    let bytes = atom_feed(&about, &notices).map_err(Problem::internal)?;
    Ok(asked.answer(ATOM, bytes))
}

/// A hot spot as an alert of the Common Alerting Protocol 1.2, by its id in the feed.
#[utoipa::path(get, path = "/feeds/hotspots/{id}.cap.xml", tag = "feeds",
    params(
        ("id" = String, Path, description = "As the feed's entry has it"),
        ("from" = Option<String>, Query, description = "Incidents not before; RFC 3339 or local"),
        ("until" = Option<String>, Query, description = "Incidents before this"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated"),
        ("beat" = Option<Vec<String>>, Query, description = "Ids of beats; may be repeated"),
        ("hours" = Option<String>, Query, description = "Hours of every day like 22-6, or of the week"),
    ),
    responses(
        (status = 200, description = "The alert", content_type = "application/cap+xml"),
        (status = 404, description = "No such hot spot, or the data have changed", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace has nothing to make it of", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn hot_spot(
    State(service): State<Service>,
    Path(file): Path<String>,
    mut asked: Asked,
) -> Result<Response, Problem> {
    let mut query = std::mem::take(&mut asked.query);
    let wished = wished(&mut query)?;
    query.finish()?;
    let id = file.strip_suffix(".cap.xml").unwrap_or_default();
    let notices = spots(&service, &wished).await?;
    let notice = notices
        .iter()
        .find(|notice| notice.id == id)
        .ok_or_else(|| {
            let detail = format!(
                "there is no alert {}; /feeds/hotspots.atom lists them",
                quoted(&file)
            );
            Problem::unknown("alert", detail)
        })?;
    alert(&service, &asked, notice)
}

/// What is unusual right now as an alert of the Common Alerting Protocol 1.2: the strongest
/// cluster, as /api/heat tells of it.
#[utoipa::path(get, path = "/feeds/unusual.cap.xml", tag = "feeds",
    params(("false_alarm_days" = Option<u32>, Query,
        description = "Days to one false alarm; 1 to 365, 14 where absent")),
    responses(
        (status = 200, description = "The alert", content_type = "application/cap+xml"),
        (status = 204, description = "Nothing is unusual"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace has no boundary", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn unusual(
    State(service): State<Service>,
    mut asked: Asked,
) -> Result<Response, Problem> {
    let mut query = std::mem::take(&mut asked.query);
    let days = false_alarm_days(&mut query)?;
    query.finish()?;
    let shown = service.session.heat().await?;
    let snapshot = service.session.snapshot();
    let at = shown.at;
    let zone = snapshot.zone.clone();
    let report = tokio::task::spawn_blocking(move || shown.unusual(&zone, days))
        .await
        .map_err(Problem::internal)?;
    let clusters = report.map(|report| report.clusters).unwrap_or_default();
    let strongest = clusters.first();
    match strongest.and_then(|found| of_cluster(found, at, &snapshot)) {
        Some(notice) => alert(&service, &asked, &notice),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

fn of_cluster(found: &Found, at: jiff::Timestamp, snapshot: &Snapshot) -> Option<Notice> {
    let disc = found.zone.disc;
    let beat = disc.and_then(|disc| beat_at(snapshot, disc.centre));
    let name = beat.map_or_else(|| snapshot.district.name.clone(), |(_, name)| name);
    let place = match disc {
        Some(disc) => NoticePlace::Circle(disc.centre, disc.radius),
        None => NoticePlace::Ring(largest_ring(&areas(snapshot.district.boundary.as_ref()?))?),
    };
    let figures = Unusual {
        incidents: found.cluster.incidents,
        usual: found.cluster.usual,
        hours: found.cluster.hours,
        once_in_days: found.once_in.days,
    };
    let synthetic = snapshot.district.synthetic;
    let notice = Notice::of_unusual(figures, 1, at, [&name, &name], place, synthetic);
    Some(notice)
}

/// The hot spots as notices, the first first.
async fn spots(service: &Service, wished: &Wished) -> Result<Vec<Notice>, Problem> {
    let session = &service.session;
    let question = question(wished);
    let wanted = session.wanted(wished).map_err(problem)?;
    let mut rows = session.rows(&HOT_SPOTS, wanted, After::Start).await?;
    let mut notices = Vec::new();
    while let Some(batch) = rows
        .next()
        .await
        .map_err(|fault| Problem::from(crate::app::session::error::SessionError::from(fault)))?
    {
        let spots = batch.iter();
        notices.extend(spots.filter_map(|row| Notice::of_hot_spot(row, &question)));
    }
    Ok(notices)
}

fn alert(service: &Service, asked: &Asked, notice: &Notice) -> Result<Response, Problem> {
    let snapshot = service.session.snapshot();
    let own = address(asked, "");
    let host = own.split("://").nth(1).unwrap_or_default();
    let sender = Sender {
        address: format!("frontbeat@{host}"),
        district: snapshot.district.name.clone(),
        zone: snapshot.zone.clone(),
        web: address(asked, "/"),
    };
    let bytes = cap_alert(&sender, notice).map_err(Problem::internal)?;
    Ok(asked.answer(CAP, bytes))
}

/// Which incidents count.
fn wished(query: &mut Query) -> Result<Wished, Problem> {
    Ok(Wished {
        from: query.text("from")?,
        until: query.text("until")?,
        categories: query.many("category"),
        beats: query.many("beat"),
        hours: query.text("hours")?,
        ..Wished::default()
    })
}

/// The same as a query with its mark, always in one order; nothing where all count.
fn question(wished: &Wished) -> String {
    let sorted = |all: &[String]| {
        let mut all = all.to_vec();
        all.sort_unstable();
        all.dedup();
        all
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(wished.from.iter().map(|from| ("from", from)));
    query.extend_pairs(wished.until.iter().map(|until| ("until", until)));
    query.extend_pairs(
        sorted(&wished.categories)
            .iter()
            .map(|code| ("category", code)),
    );
    query.extend_pairs(sorted(&wished.beats).iter().map(|id| ("beat", id)));
    query.extend_pairs(wished.hours.iter().map(|hours| ("hours", hours)));
    match query.finish() {
        query if query.is_empty() => query,
        query => format!("?{query}"),
    }
}

fn address(asked: &Asked, path: &str) -> String {
    format!("{}{path}", asked.base.trim_end_matches("/ogc"))
}

#[cfg(test)]
mod tests {
    use crate::http::feeds::{question, wished};
    use crate::http::query::Query;

    /// The question of a feed's query.
    fn asked(text: &str) -> String {
        question(&wished(&mut Query::parse(text).unwrap()).unwrap())
    }

    #[test]
    fn a_link_asks_what_its_feed_was_asked() {
        assert_eq!(asked(""), "");
        let text =
            "hours=22-6&beat=b%20%26&category=t&category=a&until=2026-01-02T00:00:00%2B08:00";
        let question = asked(text);
        let wanted =
            "?until=2026-01-02T00%3A00%3A00%2B08%3A00&category=a&category=t&beat=b+%26&hours=22-6";
        assert_eq!(question, wanted);
        assert_eq!(asked(&question[1..]), question);
    }
}
