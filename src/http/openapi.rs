//! What every operation has in common, added to the OpenAPI document in one place: names that
//! are told apart, what surrounds all handlers may answer, who may ask.

use serde_json::{Map, Value, json};

use crate::http::problem::PROBLEM_JSON;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Completes the document.
pub fn complete(document: &mut Value) {
    document["servers"] = json!([{"url": "/", "description": "This service"}]);
    document["security"] = json!([{}]);
    document["components"]["securitySchemes"] = json!({
        "feed": {"type": "http", "scheme": "bearer",
            "description": "A feed's key (frontbeat keys make). Not needed from this machine \
                as long as no key was made."},
        "unit": {"type": "http", "scheme": "bearer",
            "description": "What stands behind the # of a unit's link (frontbeat links make)."},
    });
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                common(path, method, operation);
            }
        }
    }
}

fn common(path: &str, method: &str, operation: &mut Map<String, Value>) {
    operation.insert("operationId".into(), name(path, method).into());
    let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    let needs_key = responses.contains_key("401");
    let mut may_be = |status: &str, why: &str| {
        let missing = || problem(why);
        responses.entry(status).or_insert_with(missing);
    };
    may_be("400", "A parameter is not known or not valid");
    may_be("421", "The header Host names another service");
    may_be(
        "default",
        "Refused, or not possible now, for another reason",
    );
    if needs_key {
        let security = match path.starts_with("/api/unit/") {
            true => json!([{"unit": []}]),
            false => json!([{"feed": []}, {}]),
        };
        operation.insert("security".into(), security);
    }
}

fn problem(why: &str) -> Value {
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    json!({"description": why, "content": {PROBLEM_JSON: {"schema": schema}}})
}

/// `get_plans_id_sheet` of `GET /api/plans/{id}/sheet`: as different as addresses are.
fn name(path: &str, method: &str) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty() && *word != "api");
    let all: Vec<&str> = [method].into_iter().chain(words).collect();
    all.join("_")
}
