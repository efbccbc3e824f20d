//! Messages of hooks, as a receiver gets them from the real program, judged by the
//! specification's own library.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Map, Value, json};

use crate::judges::judge;
use crate::receiver::Receiver;
use crate::stand::{Service, exported, features, folder, sample, shown, succeed};

fn post(service: &Service, path: &str, body: &Value) -> String {
    let mut stream = TcpStream::connect(&service.address).expect("a connection");
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        service.address,
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn standardwebhooks_verifies_what_is_received() {
    let folder = folder();
    let workspace = folder.path().join("hooked.gpkg");
    std::fs::copy(sample(), &workspace).expect("a copy");
    let posts = features(&exported(folder.path(), "posts", "geojson", &[]));
    let receiver = Receiver::willing();
    let (file, url) = (shown(&workspace), receiver.url.clone());
    let make = ["hook", "make", &file, "--name", "desk", "--url", &url];
    let near = ["--plain-http", "--private-networks"];
    let secret = succeed(folder.path(), &[&make[..], &near[..]].concat());
    let service = Service::start(&workspace);
    for (number, at) in posts.iter().take(3).enumerate() {
        let place = &at["geometry"]["coordinates"];
        let body =
            json!({"id": format!("争吵 {number}"), "category": "dispute", "position": place});
        let answer = post(&service, "/api/incidents", &body);
        assert!(answer.contains(" 201 "), "{answer}");
    }
    let heard = receiver.wait_for(3);
    let messages: Vec<Value> = heard
        .iter()
        .map(|it| {
            let headers: Map<String, Value> = it
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect();
            json!({"headers": headers, "body": it.body})
        })
        .collect();
    let told = json!({"secret": secret.trim(), "messages": messages}).to_string();
    let kept = folder.path().join("heard.json");
    std::fs::write(&kept, told).expect("a file");
    judge("hooks.py", &[&shown(&kept)]);
}
