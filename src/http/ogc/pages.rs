//! The pages of `/ogc`: plain HTML that needs no script, with a small drawing of what a
//! page of features holds.

use geo::BoundingRect;
use geo_types::{Geometry, LineString};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::app::session::snapshot::Snapshot;
use crate::exchange::write::format::FORMATS;
use crate::exchange::write::layer::Layer;
use crate::exchange::write::row::FeatureRow;
use crate::http::ogc::asked::Asked;
use crate::http::ogc::collections::{offered, path_segment};
use crate::http::ogc::frames::frames;

const HEAD: &str = "<meta charset=\"utf-8\"><meta name=\"viewport\" \
    content=\"width=device-width,initial-scale=1\"><style>\
    body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;\
    color:#1b2330;background:#fff}nav a{margin-right:1rem}svg{max-width:100%;height:auto;\
    border:1px solid #d7dce4;background:#f8fafc}div{overflow-x:auto}\
    table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;\
    padding:.2rem .8rem .2rem 0;border-bottom:1px solid #d7dce4}a{color:#1d4ed8}\
    @media(prefers-color-scheme:dark){body{color:#e4e9f1;background:#12161d}\
    svg{background:#1b2330;border-color:#333c4a}th,td{border-color:#333c4a}a{color:#8ab4ff}}\
    </style>";

/// Width and greatest height of a drawing, pixels.
const DRAWING: [f64; 2] = [720.0, 480.0];

/// The landing page.
pub fn landing(asked: &Asked, title: &str, links: &[Value]) -> String {
    page(
        asked,
        title,
        &format!(
            "<p>Layers of the district for GIS programs, by OGC API – Features and Tiles. \
             Add this address to QGIS under “WFS / OGC API – Features”: <code>{}</code></p>\
             <p>辖区图层，供 GIS 软件使用。</p>{}",
            escape(&asked.base),
            list(links)
        ),
    )
}

/// A sentence and where to go from here.
pub fn linked(asked: &Asked, title: &str, told: &str, links: &[Value]) -> String {
    page(asked, title, &format!("<p>{told}</p>{}", list(links)))
}

fn list(links: &[Value]) -> String {
    let all: String = links
        .iter()
        .map(|link| {
            let text = |name: &str| escape(link[name].as_str().unwrap_or_default());
            format!(
                "<li><a href=\"{}\">{}</a> ({})</li>",
                text("href"),
                text("title"),
                text("type")
            )
        })
        .collect();
    format!("<ul>{all}</ul>")
}

/// The classes that hold.
pub fn conformance(asked: &Asked, classes: &[&str]) -> String {
    let list: String = classes
        .iter()
        .map(|class| format!("<li>{class}</li>"))
        .collect();
    page(asked, "Conformance", &format!("<ul>{list}</ul>"))
}

/// The list of collections.
pub fn collections(asked: &Asked, snapshot: &Snapshot, _: &[Value]) -> String {
    let rows: String = offered()
        .map(|layer| {
            format!(
                "<tr><th scope=\"row\"><a href=\"{}\">{} {}</a></th><td>{}</td></tr>",
                escape(&asked.address(&format!("/collections/{}?f=html", layer.name))),
                layer.en,
                layer.zh,
                escape(layer.about),
            )
        })
        .collect();
    let title = format!("Collections 图层 · {}", snapshot.district.name);
    page(
        asked,
        &title,
        &format!("<table><tbody>{rows}</tbody></table>"),
    )
}

/// One collection.
pub fn collection(asked: &Asked, layer: &Layer, snapshot: &Snapshot) -> String {
    let path = asked.address(&format!("/collections/{}", layer.name));
    let service = asked.base.trim_end_matches("/ogc");
    let files: String = FORMATS
        .iter()
        .map(|format| {
            let address = format!("{service}/api/export/{}.{}", layer.name, format.ending());
            format!("<a href=\"{}\">{}</a> ", escape(&address), format.name())
        })
        .collect();
    let uris: String = frames(snapshot)
        .iter()
        .map(|frame| format!("<li>{}</li>", escape(&frame.uri)))
        .collect();
    page(
        asked,
        &format!("{} {}", layer.en, layer.zh),
        &format!(
            "<p>{}</p><p><a href=\"{}\">Features 要素</a> · <a href=\"{}\">Queryables 查询字段</a></p>\
             <p>As a file 下载: {files}</p><h2>Frames 坐标系</h2><ul>{uris}</ul>",
            escape(layer.about),
            escape(&format!("{path}/items?f=html")),
            escape(&format!("{path}/queryables?f=html")),
        ),
    )
}

/// What filters may name.
pub fn queryables(asked: &Asked, layer: &Layer) -> String {
    let rows: String = layer
        .columns
        .iter()
        .map(|column| {
            format!(
                "<tr><th scope=\"row\"><code>{}</code></th><td>{:?}</td><td>{}</td><td>{}</td></tr>",
                column.name,
                column.kind,
                escape(&column.label(false)),
                column.zh,
            )
        })
        .collect();
    let title = format!("Queryables of {} {}", layer.en, layer.zh);
    page(
        asked,
        &title,
        &format!(
            "<table><thead><tr><th scope=\"col\">Property</th><th scope=\"col\">Type</th>\
             <th scope=\"col\">English</th><th scope=\"col\">中文</th></tr></thead>\
             <tbody>{rows}<tr><th scope=\"row\"><code>geometry</code></th><td>{:?}</td><td></td>\
             <td></td></tr></tbody></table>",
            layer.geometry
        ),
    )
}

/// A page of features.
pub fn items(
    asked: &Asked,
    layer: &Layer,
    rows: &[FeatureRow],
    zone: &TimeZone,
    matched: Option<u64>,
    links: &[Value],
) -> String {
    let head: String = layer
        .columns
        .iter()
        .map(|column| {
            format!(
                "<th scope=\"col\">{}<br>{}</th>",
                escape(&column.label(false)),
                column.zh
            )
        })
        .collect();
    let body: String = rows
        .iter()
        .map(|row| {
            let address = asked.address(&format!(
                "/collections/{}/items/{}?f=html",
                layer.name,
                path_segment(row.id())
            ));
            let cells: String = row
                .values
                .iter()
                .enumerate()
                .map(|(i, value)| {
                    let text = escape(&value.to_text(zone));
                    match i {
                        0 => format!(
                            "<th scope=\"row\"><a href=\"{}\">{text}</a></th>",
                            escape(&address)
                        ),
                        _ => format!("<td>{text}</td>"),
                    }
                })
                .collect();
            format!("<tr>{cells}</tr>")
        })
        .collect();
    let count = match matched {
        Some(matched) => format!("{} of {matched}", rows.len()),
        None => rows.len().to_string(),
    };
    let next = links.iter().find(|link| link["rel"] == "next");
    let next = next
        .and_then(|link| link["href"].as_str())
        .map_or(String::new(), |href| {
            format!(
                "<p><a rel=\"next\" href=\"{}\">Next page 下一页</a></p>",
                escape(href)
            )
        });
    page(
        asked,
        &format!("{} {}", layer.en, layer.zh),
        &format!(
            "<p>{count} features 要素</p>{}{next}<div tabindex=\"0\" role=\"region\" \
             aria-label=\"features\"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>\
             </table></div>",
            drawing(layer, rows)
        ),
    )
}

/// One feature.
pub fn item(
    asked: &Asked,
    layer: &Layer,
    row: &FeatureRow,
    zone: &TimeZone,
    _: &[Value],
) -> String {
    let rows: String = layer
        .columns
        .iter()
        .zip(&row.values)
        .map(|(column, value)| {
            format!(
                "<tr><th scope=\"row\">{} {}</th><td>{}</td></tr>",
                escape(&column.label(false)),
                column.zh,
                escape(&value.to_text(zone)),
            )
        })
        .collect();
    page(
        asked,
        &format!("{} {}: {}", layer.en, layer.zh, row.id()),
        &format!(
            "{}<table><tbody>{rows}</tbody></table>",
            drawing(layer, std::slice::from_ref(row))
        ),
    )
}

fn page(asked: &Asked, title: &str, body: &str) -> String {
    let title = escape(title);
    let home = escape(&asked.base);
    format!(
        "<!doctype html><html lang=\"en\"><head>{HEAD}<title>{title}</title></head><body>\
         <nav aria-label=\"OGC API\"><a href=\"{home}?f=html\">Start 首页</a>\
         <a href=\"{home}/collections?f=html\">Collections 图层</a>\
         <a href=\"{home}/conformance?f=html\">Conformance</a>\
         <a href=\"{home}/api?f=html\">API</a></nav><main><h1>{title}</h1>{body}</main></body></html>"
    )
}

/// The features in the plane, north up; empty where none has a place.
fn drawing(layer: &Layer, rows: &[FeatureRow]) -> String {
    let mut extent: Option<[f64; 4]> = None;
    for r in rows
        .iter()
        .filter_map(|row| row.geometry.as_ref()?.bounding_rect())
    {
        let all = extent.get_or_insert([r.min().x, r.min().y, r.max().x, r.max().y]);
        *all = [
            all[0].min(r.min().x),
            all[1].min(r.min().y),
            all[2].max(r.max().x),
            all[3].max(r.max().y),
        ];
    }
    let Some([west, south, east, north]) = extent else {
        return String::new();
    };
    let squeeze = ((south + north) / 2.0).to_radians().cos().max(0.01);
    let across = ((east - west) * squeeze).max(1e-4);
    let up = (north - south).max(1e-4);
    let scale = (DRAWING[0] / across).min(DRAWING[1] / up) * 0.96;
    let (width, height) = (across * scale / 0.96, up * scale / 0.96);
    let x = |lon: f64| (lon - west) * squeeze * scale + width * 0.02;
    let y = |lat: f64| height * 0.98 - (lat - south) * scale;
    let path = |line: &LineString<f64>| {
        let mut text = String::new();
        for (i, c) in line.coords().enumerate() {
            text.push_str(if i == 0 { "M" } else { "L" });
            text.push_str(&format!("{:.1} {:.1}", x(c.x), y(c.y)));
        }
        text
    };
    let mut shapes = String::new();
    for shape in rows.iter().filter_map(|row| row.geometry.as_ref()) {
        match shape {
            Geometry::Point(point) => shapes.push_str(&format!(
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\"/>",
                x(point.x()),
                y(point.y())
            )),
            Geometry::LineString(line) => {
                shapes.push_str(&format!("<path fill=\"none\" d=\"{}\"/>", path(line)));
            }
            Geometry::MultiPolygon(parts) => {
                let mut rings = String::new();
                for part in parts {
                    rings.push_str(&path(part.exterior()));
                    part.interiors()
                        .iter()
                        .for_each(|hole| rings.push_str(&path(hole)));
                }
                shapes.push_str(&format!("<path d=\"{rings}\"/>"));
            }
            _ => {}
        }
    }
    format!(
        "<svg role=\"img\" aria-label=\"{} features in the plane, north up\" width=\"{width:.0}\" \
         height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\"><g fill=\"{colour}\" \
         fill-opacity=\"0.35\" fill-rule=\"evenodd\" stroke=\"{colour}\">{shapes}</g></svg>",
        rows.len(),
        colour = layer.look.colour,
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
