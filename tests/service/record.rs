//! `/api/record` over the town: too little data is said, and so is what makes no sense.

use crate::ask::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn the_record_says_what_it_rests_on() {
    let desk = Desk::open().await;
    let answer = desk.get("/api/record?resolution=9").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let record = answer.json();
    // Half of the town's two months.
    assert_eq!(record["windows"], 4);
    let models = record["models"].as_array().unwrap();
    let names: Vec<&str> = models
        .iter()
        .map(|m| m["model"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["count", "kde", "mixture"]);
    let verdict = record["verdict"].as_str().unwrap();
    assert!(["best", "baseline", "too_few"].contains(&verdict));
    assert_eq!(record["ahead"].is_null(), verdict != "best");
    assert_eq!(record["model"] == "count", verdict != "best");
    for model in models {
        for rate in model["hit_rates"].as_array().unwrap() {
            let hits = rate["hits"]["value"].as_f64().unwrap();
            assert!((0.0..=1.0).contains(&hits));
        }
        assert_eq!(model["deciles"].as_array().unwrap().len(), 10);
    }
    assert_eq!(desk.get("/api/record?resolution=9").await.json(), record);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_questions_are_refused() {
    let desk = Desk::open().await;
    for (query, parameter) in [
        ("resolution=12", "resolution"),
        ("hours=30-40", "hours"),
        ("category=no/such", "category"),
        ("colour=red", "colour"),
    ] {
        let answer = desk.get(&format!("/api/record?{query}")).await;
        assert_eq!(answer.status, 400, "{query} {}", answer.text());
        assert!(
            answer.text().contains(parameter),
            "{query} {}",
            answer.text()
        );
    }
}
