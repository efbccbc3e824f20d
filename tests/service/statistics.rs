//! `/api/statistics` over the town: each question in each shape, from memory the second
//! time, and what is refused.

use crate::ask::Desk;

const BEFORE_AFTER: &str = "/api/statistics/before-after?before=2026-09-01/2026-10-01\
    &after=2026-10-01/2026-10-31&treated=b3&control=b0&control=b1&buffer=b2";

const QUESTIONS: [&str; 7] = [
    "/api/statistics/hot-spots?resolution=9",
    "/api/statistics/near-repeat?permutations=99",
    "/api/statistics/year-on-year?against=2026-09-01/2026-09-29",
    BEFORE_AFTER,
    "/api/statistics/unusual?category=criminal",
    "/api/statistics/concentration?hours=22-6",
    "/api/statistics/fairness?window=night%402026-10-31",
];

#[tokio::test(flavor = "multi_thread")]
async fn each_question_in_each_shape() {
    let desk = Desk::open().await;
    for question in QUESTIONS {
        let answer = desk.json(question).await;
        assert_eq!(answer["about"]["district"], "Testtown", "{question}");
        assert_eq!(answer["about"]["synthetic"], true);
        assert!(
            answer["about"]["incidents"].as_u64().unwrap() > 0,
            "{question}"
        );
        for (format, kind) in [("csv", "text/csv; charset=utf-8"), ("svg", "image/svg+xml")] {
            let shaped = desk.get(&format!("{question}&format={format}")).await;
            assert_eq!(shaped.status, 200, "{question} {}", shaped.text());
            assert_eq!(shaped.header("content-type"), kind);
            assert!(!shaped.text().contains("NaN"));
        }
        let again = desk.get(question).await;
        assert_eq!(again.json(), answer, "from memory");
        assert!(!again.header("etag").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_questions_name_what_is_wrong() {
    let desk = Desk::open().await;
    for (question, parameter) in [
        ("hot-spots?resolution=12", "resolution"),
        ("hot-spots?permutations=100000", "permutations"),
        (
            "hot-spots?include_patrol_discovered=true",
            "include_patrol_discovered",
        ),
        ("hot-spots?format=png", "format"),
        ("near-repeat?permutations=9999", "permutations"),
        ("near-repeat?metres=a,b", "metres"),
        ("year-on-year?against=never", "against"),
        ("concentration?category=nonsense", "category"),
        ("concentration?period=0001-01-01/2026-01-01", "period"),
        ("concentration?hours=99-100", "hours"),
        (
            "before-after?after=2026-10-01/2026-10-31&treated=b0&control=b1",
            "before",
        ),
        ("fairness?window=", "window"),
    ] {
        let answer = desk.get(&format!("/api/statistics/{question}")).await;
        assert_eq!(answer.status, 400, "{question}: {}", answer.text());
        assert_eq!(answer.json()["parameter"], parameter, "{question}");
    }
    for question in [
        "near-repeat?metres=300,100",
        "near-repeat?metres=NaN,100",
        "before-after?before=2026-09-01/2026-10-01&after=2026-10-01/2026-10-31&treated=b9&control=b1",
        "before-after?before=2026-09-01/2026-10-01&after=2026-10-01/2026-10-31&treated=b1&control=b1",
        "before-after?before=2026-09-01/2026-10-01&after=2026-10-01/2026-10-31",
        "unusual?period=2026-10-30/2026-10-31",
    ] {
        let answer = desk.get(&format!("/api/statistics/{question}")).await;
        answer.problem(400, "invalid-question");
    }
}
