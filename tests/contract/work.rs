//! What is decided on a workspace: forecasts and their scores, records, quarantines, what is
//! frozen by itself.

use frontbeat::calendar::cadence::Cadence;
use frontbeat::calendar::week::HourSet;
use frontbeat::calendar::window::Window;
use frontbeat::grid::hexgrid::HexGrid;
use frontbeat::incident::quarantine::Quarantined;
use frontbeat::live::event::EventKind;
use frontbeat::patrol::basis::PlanBasis;
use frontbeat::patrol::made_up::TownSize;
use frontbeat::patrol::made_up_rules::town_with_rules;
use frontbeat::patrol::search::anneal::search;
use frontbeat::patrol::search::budget::Budget;
use frontbeat::place::id::Id;
use frontbeat::risk::forecast::{Forecast, ForecastScore, StandingForecast};
use frontbeat::risk::record::Verdict;
use frontbeat::risk::scorecard::{ModelScore, Question, Scorecard};
use frontbeat::risk::surface::RiskSurface;
use frontbeat::roads::network::TravelMatrix;
use frontbeat::store::record::{ForecastFilter, IncidentFilter};
use jiff::Timestamp;

use crate::place::on_both;
use crate::rows;

/// A forecast of the day after `day` of May 2026, frozen at noon before it.
pub fn forecast(day: i64, model: &str) -> Forecast {
    let start = rows::at("2026-05-01T00:00:00Z") + jiff::SignedDuration::from_hours(24 * day);
    let end = start + jiff::SignedDuration::from_hours(24);
    let mut provenance = rows::plan("x").risk;
    provenance.window = Window::new(start, end).unwrap();
    provenance.model = model.into();
    provenance.resolution = 9;
    let grid = HexGrid::cover(&rows::square(123.4, 41.8, 0.02), 9, &[]).unwrap();
    let expected = (0..grid.len()).map(|i| i as f64 / 7.0).collect();
    let surface = RiskSurface {
        grid,
        expected,
        provenance,
    };
    let frozen = start - jiff::SignedDuration::from_hours(12);
    Forecast::freeze(&surface, frozen, false).unwrap()
}

pub fn score(forecast: &Forecast, at: Timestamp) -> ForecastScore {
    forecast.score(&[], &jiff::tz::TimeZone::UTC, at).unwrap()
}

pub fn question(category: &str) -> Question {
    Question::new(vec![category.into()], HourSet::full(), 10)
}

pub fn card(model: &str) -> Scorecard {
    let score = ModelScore {
        model: model.into(),
        log_score: None,
        hit_rates: Vec::new(),
        total_ratio: Some(0.1 + 0.2),
        deciles: Vec::new(),
        law: None,
    };
    Scorecard {
        verdict: Verdict::Baseline { place: 0 },
        windows: 8,
        span: None,
        incidents: 100,
        outside: 1,
        models: vec![score],
        synthetic: false,
    }
}

pub fn standing(id: &str) -> StandingForecast {
    StandingForecast {
        id: id.into(),
        cadence: Cadence::Shift,
        question: question("traffic"),
        since: rows::at("2026-05-01T00:00:00Z"),
        ended_at: None,
    }
}

#[tokio::test]
async fn forecasts_are_frozen_scored_and_cannot_be_changed() {
    on_both("forecasts_are_frozen", async |place| {
        let w = place.create(false).await;
        let (first, second) = (forecast(0, "count"), forecast(1, "kde"));
        w.freeze(&[first.clone(), second.clone()]).await.unwrap();
        let events = w.info().await.unwrap().last_event;
        // Again: nothing new, and no event.
        w.freeze(std::slice::from_ref(&first)).await.unwrap();
        assert_eq!(w.info().await.unwrap().last_event, events);
        let read = w.forecast(first.id.as_str()).await.unwrap().unwrap();
        assert_eq!(read, first);
        assert!(read.is_intact());

        let by = async |filter| w.forecasts(filter).await.unwrap();
        let all = by(ForecastFilter::default()).await;
        let ids: Vec<_> = all.iter().map(|f| f.id.clone()).collect();
        assert_eq!(ids, [second.id.clone(), first.id.clone()]);
        assert_eq!(all[1].expected_total, first.total());
        let at = rows::at("2026-05-03T00:00:00Z");
        let one = score(&first, at);
        let again = score(&first, at + jiff::Span::new().hours(1));
        let mut two = again.clone();
        two.incidents_sha256 = "others".into();
        let add = async |score| w.score_forecast(first.id.as_str(), score).await.unwrap();
        assert!(add(&one).await);
        // Of the same incidents, by another one who scores: there is nothing new.
        let events = w.info().await.unwrap().last_event;
        assert!(!add(&again).await);
        assert_eq!(w.info().await.unwrap().last_event, events);
        assert!(add(&two).await);
        let unscored = ForecastFilter {
            unscored: true,
            ended_by: Some(at),
            ..ForecastFilter::default()
        };
        let left = by(unscored).await;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].id, second.id);
        let newest = ForecastFilter {
            ends_after: Some(rows::at("2026-05-01T12:00:00Z")),
            limit: Some(9),
            ..ForecastFilter::default()
        };
        // The last digit of a number may be read differently: compared by what it is of.
        let newest = by(newest).await[1].score.clone().unwrap();
        assert_eq!(newest.scored_at, two.scored_at);
        assert_eq!(newest.incidents_sha256, two.incidents_sha256);
        let nothing = w.score_forecast("nothing", &one).await;
        assert!(nothing.is_err(), "a score of no forecast");
        w.close().await;

        for sql in [
            "UPDATE forecasts SET model = 'better'",
            "DELETE FROM forecasts",
            "UPDATE forecast_scores SET log_score = 0",
            "DELETE FROM forecast_scores",
        ] {
            let fault = place.sql(sql).await.unwrap_err();
            let refused = ["frozen", "final", "kept"];
            assert!(refused.iter().any(|word| fault.contains(word)), "{fault}");
        }
    })
    .await;
}

/// Two that think that they lead have looked, found the same to be due, and made it.
#[tokio::test]
async fn of_two_who_freeze_what_is_due_one_does() {
    on_both("of_two_who_freeze_what_is_due", async |place| {
        let w = place.create(false).await;
        let noon = forecast(0, "count");
        let at = |hours: i64, model: &str| {
            let mut later = forecast(0, model);
            later.frozen_at = noon.frozen_at + jiff::SignedDuration::from_hours(hours);
            later.id = Id::new(format!("{model}-{hours}"));
            later
        };
        // Nothing was frozen when they looked: the second comes too late, by a millisecond or
        // by an hour, and neither of its models goes in.
        let first = [at(0, "count"), at(0, "kde")];
        assert!(w.freeze_after(&first, None).await.unwrap());
        let events = w.info().await.unwrap().last_event;
        for hours in [0, 1] {
            let second = [at(hours, "hawkes"), at(hours, "count")];
            assert!(!w.freeze_after(&second, None).await.unwrap());
        }
        assert_eq!(w.info().await.unwrap().last_event, events);
        // The last call, by whoever knows of the first.
        let known = Some(noon.frozen_at);
        assert!(w.freeze_after(&[at(2, "count")], known).await.unwrap());
        assert!(!w.freeze_after(&[at(3, "count")], known).await.unwrap());
        // Another window, and another question of the same, are something else.
        assert!(w.freeze_after(&[forecast(1, "count")], None).await.unwrap());
        let mut other = at(4, "count");
        other.provenance.categories = vec!["traffic".into()];
        other.written = serde_json::to_string(&other.provenance).unwrap();
        assert!(w.freeze_after(&[other], None).await.unwrap());
        let all = w.forecasts(ForecastFilter::default()).await.unwrap();
        assert_eq!(all.len(), 5);
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_stands_is_ended_once_and_a_record_is_replaced() {
    on_both("what_stands_is_ended_once", async |place| {
        let w = place.create(false).await;
        let end = rows::at("2026-06-01T00:00:00Z");
        w.stand(&standing("s1")).await.unwrap();
        w.stand(&standing("s2")).await.unwrap();
        assert!(w.end_standing("s1", end).await.unwrap());
        assert!(!w.end_standing("s1", end).await.unwrap());
        assert!(!w.end_standing("s9", end).await.unwrap());
        let ended = StandingForecast {
            ended_at: Some(end),
            ..standing("s1")
        };
        let stand = w.standing_forecasts().await.unwrap();
        assert_eq!(stand, [ended, standing("s2")]);

        let before = w.info().await.unwrap().last_event;
        for (version, model) in [(3, "count"), (4, "count"), (5, "kde")] {
            w.keep_scorecard(&question("traffic"), version, &card(model), end)
                .await
                .unwrap();
        }
        let kept = w.scorecard(&question("traffic")).await.unwrap().unwrap();
        assert_eq!((kept.data_version, kept.kept_at), (5, end));
        assert_eq!(kept.card, card("kde"));
        assert_eq!(w.scorecard(&question("other")).await.unwrap(), None);
        // The first choice and the change are events, the same again is none.
        assert_eq!(w.info().await.unwrap().last_event, before + 2);
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_quarantine_holds_until_it_is_lifted() {
    on_both("a_quarantine_holds", async |place| {
        let w = place.create(false).await;
        for layer in [
            rows::incidents()[..20].to_vec(),
            rows::incidents()[20..].to_vec(),
        ] {
            w.write(rows::incident_rows(layer), &rows::source())
                .await
                .unwrap();
        }
        let batches = w.batches().await.unwrap();
        let counts: Vec<u64> = batches.iter().map(|b| b.incidents).collect();
        assert_eq!(counts, [20, 30]);
        assert_eq!(batches[0].file, "rows.csv");
        let at = rows::at("2026-06-01T00:00:00Z");
        let span = w.incident_span().await.unwrap();

        let batch = Quarantined::Batch(batches[0].number);
        assert_eq!(w.quarantined_count(&batch).await.unwrap(), 20);
        let first = w.quarantine(&batch, "a test", at).await.unwrap();
        let window = Window::new(rows::incidents()[20].at, rows::incidents()[40].at).unwrap();
        let period = Quarantined::Period {
            window,
            categories: vec!["criminal".into()],
        };
        let about = w.quarantined_count(&period).await.unwrap();
        assert!(about > 0 && about < 20, "{about}");
        let second = w.quarantine(&period, "another", at).await.unwrap();
        assert_eq!(w.quarantines().await.unwrap(), [first.clone(), second]);
        let all = IncidentFilter::default();
        let learned = w.risk_events(&all).await.unwrap().len() as u64;
        assert_eq!(learned, 30 - about);
        assert_eq!(w.incidents(&all).await.unwrap().len(), 50);
        assert_ne!(w.incident_span().await.unwrap(), span);

        assert!(w.lift_quarantine(&first.id, "over", at).await.unwrap());
        assert!(!w.lift_quarantine(&first.id, "over", at).await.unwrap());
        let learned = w.risk_events(&all).await.unwrap().len() as u64;
        assert_eq!(learned, 50 - about);
        assert_eq!(w.incident_span().await.unwrap(), span);
        w.close().await;
    })
    .await;
}

/// Written in several transactions, beside somebody else's events, and still one import.
#[tokio::test]
async fn what_is_written_in_steps_is_one_import() {
    on_both("written_in_steps", async |place| {
        let w = place.create(false).await;
        let before = rows::incidents()[..1].to_vec();
        w.write(rows::incident_rows(before), &rows::source())
            .await
            .unwrap();
        let mut many = Vec::new();
        for at in 0..4_500u32 {
            let mut incident = rows::incidents()[at as usize % 50].clone();
            incident.id = Id::new(format!("M{at:05}"));
            many.push(incident);
        }
        // One that is there, and one whose id stands for another place, in the last step.
        many[10] = rows::incidents()[0].clone();
        let mut other = rows::incidents()[0].clone();
        other.position = rows::position(100.0, 10.0);
        many[4_300] = other;
        let told = std::sync::Mutex::new(Vec::new());
        let note = |rows: u64| told.lock().unwrap().push(rows);
        let outcome = w
            .write_in_steps(rows::incident_rows(many), &rows::source(), &note)
            .await
            .unwrap();
        assert_eq!(told.into_inner().unwrap(), [2_000, 2_000, 500]);
        let counts = [outcome.added, outcome.known, outcome.replaced];
        assert_eq!(counts, [4_498, 1, 0]);
        assert_eq!(outcome.in_use, [4_300]);
        let batches = w.batches().await.unwrap();
        let counts: Vec<u64> = batches.iter().map(|b| b.incidents).collect();
        assert_eq!(counts, [1, 4_498], "one import, however many steps");
        let batch = Quarantined::Batch(batches[1].number);
        assert_eq!(w.quarantined_count(&batch).await.unwrap(), 4_498);
        let events = w.changes_after(batches[1].number - 1, 10).await.unwrap();
        let parts: Vec<_> = events
            .iter()
            .map(|logged| match logged.event {
                EventKind::Imported {
                    added,
                    refused,
                    part_of,
                    ..
                } => (added, refused, part_of),
                _ => panic!("{logged:?}"),
            })
            .collect();
        let first = Some(batches[1].number);
        assert_eq!(
            parts,
            [(1_999, 3, None), (2_000, 0, first), (499, 1, first)]
        );
        w.close().await;
    })
    .await;
}

/// What a plan of a made-up town was made on, without the travel times, which the road
/// network gives again.
pub fn basis(seed: u64) -> PlanBasis {
    let size = TownSize {
        units: 4,
        candidates: 30,
        must_visits: 3,
        hours: 4.3,
        side_m: 5000.0,
    };
    let problem = town_with_rules(size, seed).unwrap();
    let rounds = search(&problem, &Budget::iterations(20)).unwrap();
    let mut basis = PlanBasis {
        problem,
        rounds: rounds.of_unit,
        not_posed: rows::plan("first").missed,
        roads: "a1".into(),
    };
    basis.problem.travel = TravelMatrix::default();
    basis
}
