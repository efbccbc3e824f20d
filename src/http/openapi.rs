//! What every operation has in common, added to the OpenAPI document in one place: names that
//! are told apart, what surrounds all handlers may answer, who may ask, which names of layers and
//! formats there are, and where what was made is found.

use serde_json::{Map, Value, json};

use crate::app::session::layers::LAYER_KINDS;
use crate::exchange::write::format::{FORMATS, OutFormat};
use crate::exchange::write::layers::{ALL, LAYERS};
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
    for (path, item) in paths.iter_mut() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                common(path, method, operation);
                name_what_is_known(path, operation);
            }
        }
    }
    link(paths);
}

/// Layers and formats are those that the program has.
fn name_what_is_known(path: &str, operation: &mut Map<String, Value>) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for parameter in parameters {
        let known: Vec<&str> = match parameter["name"].as_str() {
            Some("kind") if path.contains("/layers/") => LAYER_KINDS.to_vec(),
            Some("layer") => {
                let all = path.contains("{format}").then_some(ALL);
                let layers = LAYERS.iter().map(|layer| layer.name);
                layers.chain(all).collect()
            }
            Some("format") if parameter["in"] == "path" => FORMATS.map(OutFormat::ending).to_vec(),
            _ => continue,
        };
        parameter["schema"] = json!({"type": "string", "enum": known});
    }
    if path.contains("{format}")
        && let Some(file) = operation["responses"].get_mut("200")
    {
        let media_type = |format: OutFormat| format.media_type().split(';').next();
        let contents = FORMATS.into_iter().filter_map(media_type);
        let contents = contents.map(|media_type| (media_type.to_owned(), json!({})));
        file["content"] = contents.collect::<Map<String, Value>>().into();
    }
}

/// What was made by a POST has an id, by which it is found, changed and taken away.
fn link(paths: &mut Map<String, Value>) {
    let mut links: Vec<(String, Map<String, Value>)> = Vec::new();
    for maker in paths.keys() {
        let of_made = format!("{maker}/{{id}}");
        let mut found = Map::new();
        for (path, item) in paths.iter().filter(|(path, _)| path.starts_with(&of_made)) {
            for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
                let operation = name(path, method);
                let at = json!({"operationId": operation,
                    "parameters": {"id": "$response.body#/id"}});
                found.insert(operation, at);
            }
        }
        links.push((maker.clone(), found));
    }
    for (maker, found) in links.into_iter().filter(|(_, found)| !found.is_empty()) {
        // What is made as a list has no id of its own.
        let made = paths[&maker].pointer_mut("/post/responses/201");
        if let Some(made) = made.filter(|_| maker != "/api/forecasts") {
            made["links"] = found.into();
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
