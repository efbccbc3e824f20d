//! The same random operations on a GeoPackage and on PostGIS: every answer is the same, and
//! so is everything that can be asked afterwards.

use frontbeat::calendar::window::Window;
use frontbeat::incident::quarantine::Quarantined;
use frontbeat::incident::record::{Incident, Origin};
use frontbeat::live::event::EventKind;
use frontbeat::place::feature::Beat;
use frontbeat::store::record::{ForecastFilter, ImportSource, IncidentFilter, LayerRows};
use frontbeat::store::workspace::{Access, Workspace};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::place::Place;
use crate::{rows, work};

#[derive(Debug, Clone)]
enum Operation {
    Layer(usize),
    Beats(Vec<Beat>),
    Incidents(Vec<Incident>),
    Boundary(f64),
    Plan(String, i64),
    Quarantine(Option<u64>, i64, bool),
    Lift(u8),
    Freeze(i64, bool),
    Score(i64),
    Stand(u8),
    EndStanding(u8),
    Record(bool, bool),
    Append(String),
    Nameless,
    Ask(Box<IncidentFilter>),
    Reopen,
}

fn any_filter() -> impl Strategy<Value = IncidentFilter> {
    let millis = -62_135_596_800_000_i64..253_402_300_799_000;
    let instant = millis.prop_map(|ms| Timestamp::from_millisecond(ms).unwrap());
    let window = (instant.clone(), instant.clone()).prop_map(|(a, b)| Window::new(a, b).ok());
    (
        prop_oneof![Just(None), window],
        prop::sample::subsequence(vec!["criminal", "traffic", "其他", "nothing"], 0..3),
        prop::sample::subsequence(vec![Origin::CitizenCall, Origin::Counter], 0..2),
        prop::option::of(0..40_u32),
        prop::option::of((instant, "[a-z0-9]{1,3}")),
    )
        .prop_map(
            |(window, categories, origins, limit, after)| IncidentFilter {
                window,
                categories: categories.into_iter().map(str::to_owned).collect(),
                origins,
                limit,
                after,
            },
        )
}

fn any_operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        2 => (0..13_usize).prop_map(Operation::Layer),
        1 => prop::collection::vec(rows::any_beat(), 1..4).prop_map(Operation::Beats),
        4 => prop::collection::vec(rows::any_incident(), 1..40).prop_map(Operation::Incidents),
        1 => (0.1..0.5_f64).prop_map(Operation::Boundary),
        2 => ("[ab]", 0..5_i64).prop_map(|(id, hour)| Operation::Plan(id, hour)),
        2 => (prop::option::of(1..9_u64), 0..60_i64, prop::bool::ANY)
            .prop_map(|(batch, day, all)| Operation::Quarantine(batch, day, all)),
        1 => (1..5_u8).prop_map(Operation::Lift),
        1 => (0..4_i64, prop::bool::ANY).prop_map(|(day, kde)| Operation::Freeze(day, kde)),
        1 => (0..4_i64).prop_map(Operation::Score),
        1 => (0..3_u8).prop_map(Operation::Stand),
        1 => (0..3_u8).prop_map(Operation::EndStanding),
        1 => (prop::bool::ANY, prop::bool::ANY).prop_map(|(q, m)| Operation::Record(q, m)),
        1 => "\\PC{0,8}".prop_map(Operation::Append),
        1 => Just(Operation::Nameless),
        3 => any_filter().prop_map(|filter| Operation::Ask(Box::new(filter))),
        1 => Just(Operation::Reopen),
    ]
}

/// What an operation answers, as text; a fault by its being one.
async fn run(place: &Place, w: &mut Workspace, operation: &Operation, step: i64) -> String {
    let at = rows::at("2026-06-01T00:00:00Z") + jiff::SignedDuration::from_mins(step);
    let source = ImportSource {
        at,
        ..rows::source()
    };
    match operation {
        Operation::Layer(i) => said(w.write(rows::all_layers().remove(*i), &source).await),
        Operation::Beats(beats) => said(w.write(LayerRows::Beats(beats.clone()), &source).await),
        Operation::Incidents(incidents) => {
            let clash = said(w.ids_in_use(incidents).await);
            clash
                + &said(
                    w.write(rows::incident_rows(incidents.clone()), &source)
                        .await,
                )
        }
        Operation::Boundary(side) => {
            let area = rows::square(123.0, 41.0, *side);
            said(w.write(LayerRows::Boundary(area), &source).await)
        }
        Operation::Plan(id, hour) => {
            let mut plan = rows::plan(id);
            plan.made_at += jiff::SignedDuration::from_hours(*hour);
            let basis = (*hour % 2 == 0).then(|| crate::work::basis(*hour as u64));
            said(w.save_plan(&plan, basis.as_ref()).await)
        }
        Operation::Quarantine(batch, day, all) => {
            let what = match batch {
                Some(number) => Quarantined::Batch(*number),
                None => {
                    let start = rows::at("2026-02-01T00:00:00Z")
                        + jiff::SignedDuration::from_hours(24 * day);
                    let end = start + jiff::SignedDuration::from_hours(48);
                    Quarantined::Period {
                        window: Window::new(start, end).unwrap(),
                        categories: if *all {
                            vec![]
                        } else {
                            vec!["criminal".into()]
                        },
                    }
                }
            };
            said(w.quarantine(&what, "because", at).await)
        }
        Operation::Lift(n) => said(w.lift_quarantine(&format!("q{n}"), "over", at).await),
        Operation::Freeze(day, kde) => {
            let model = if *kde { "kde" } else { "count" };
            said(w.freeze(&[work::forecast(*day, model)]).await)
        }
        Operation::Score(day) => {
            let forecast = work::forecast(*day, "count");
            let score = work::score(&forecast, at);
            said(w.score_forecast(forecast.id.as_str(), &score).await)
        }
        Operation::Stand(n) => said(w.stand(&work::standing(&format!("s{n}"))).await),
        Operation::EndStanding(n) => said(w.end_standing(&format!("s{n}"), at).await),
        Operation::Record(question, model) => {
            let question = work::question(if *question { "traffic" } else { "criminal" });
            let card = work::card(if *model { "kde" } else { "count" });
            said(w.keep_scorecard(&question, 3, &card, at).await)
        }
        Operation::Append(text) => {
            let event = EventKind::PlanMade { plan: text.clone() };
            said(w.append(event, at).await)
        }
        Operation::Nameless => {
            let mut stations = rows::stations();
            stations[1].id = frontbeat::place::id::Id::new("");
            said(w.write(LayerRows::Stations(stations), &source).await)
        }
        Operation::Ask(filter) => {
            said(w.incidents(filter).await)
                + &said(w.risk_events(filter).await)
                + &said(w.incident_counts(filter).await)
        }
        Operation::Reopen => {
            w.clone().close().await;
            *w = place.open(Access::Write).await.unwrap();
            String::new()
        }
    }
}

fn said<T: std::fmt::Debug, E>(answer: Result<T, E>) -> String {
    answer.map_or_else(|_| "a fault".into(), |answer| format!("{answer:?}"))
}

/// Everything that can be asked, but when the workspace was made.
pub async fn everything(w: &Workspace) -> Vec<String> {
    let filter = IncidentFilter::default();
    let window = rows::plan("x").window;
    let mut events = w.events_after(0, 1000).await.unwrap();
    events[0].at = Timestamp::UNIX_EPOCH;
    let mut all = vec![
        said(w.info().await),
        said(w.district().await),
        said(w.stations().await),
        said(w.beats().await),
        said(w.zones().await),
        said(w.posts().await),
        said(w.joint_duty_posts().await),
        said(w.commercial_districts().await),
        said(w.pillars().await),
        said(w.cameras().await),
        said(w.places().await),
        said(w.units().await),
        said(w.categories().await),
        said(w.shifts().await),
        said(w.speeds().await),
        said(w.road_network().await),
        said(w.basemap().await),
        said(w.incidents(&filter).await),
        said(w.risk_events(&filter).await),
        said(w.incident_span().await),
        said(w.last_change().await),
        said(w.plans(10).await),
        said(w.plan("a").await),
        said(w.plan_basis("a").await),
        said(w.planned_stops(window).await),
        said(w.quarantines().await),
        said(w.batches().await),
        said(w.forecasts(ForecastFilter::default()).await),
        said(w.standing_forecasts().await),
        said(w.scorecard(&work::question("traffic")).await),
        format!("{events:?}"),
    ];
    for (day, model) in [(0, "count"), (1, "kde"), (2, "count"), (3, "kde")] {
        let id = work::forecast(day, model).id;
        all.push(said(w.forecast(id.as_str()).await));
    }
    assert!(all.iter().all(|answer| answer != "a fault"), "{all:?}");
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn both_answer_alike(operations in prop::collection::vec(any_operation(), 1..25)) {
        let Some(server) = Place::postgis("both_answer_alike") else {
            return Ok(());
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let file = Place::gpkg();
            let (mut a, mut b) = (file.create(true).await, server.create(true).await);
            for (step, operation) in (0..).zip(&operations) {
                let one = run(&file, &mut a, operation, step).await;
                let other = run(&server, &mut b, operation, step).await;
                assert_eq!(one, other, "{operation:?}");
            }
            assert_eq!(everything(&a).await, everything(&b).await);
            a.close().await;
            b.close().await;
            server.remove().await;
        });
    }
}
