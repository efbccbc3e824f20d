//! The layers that can be taken away: what stands in the district, what happened, what is
//! drawn, what is expected, what is planned.

use crate::exchange::write::format::OutFormat;
use crate::exchange::write::layer::{
    Column, GeometryKind, Layer, LayerLook, LookClasses, SYNTHETIC, real, text, time, whole,
};

const ID: Column = text("id", "id", "编号");
const NAME: Column = text("name", "name", "名称");

/// All layers, in the order of the screens.
pub const LAYERS: &[Layer] = &[
    BOUNDARY,
    STATIONS,
    BEATS,
    ZONES,
    POSTS,
    JOINT_DUTY_POSTS,
    COMMERCIAL_DISTRICTS,
    PILLARS,
    CAMERAS,
    PLACES,
    UNITS,
    INCIDENTS,
    RISK,
    HOT_SPOTS,
    FORECAST_CELLS,
    PLAN_ROUTES,
    PLAN_STOPS,
    BASEMAP_LINES,
    BASEMAP_AREAS,
    BASEMAP_LABELS,
];

/// The layer of that name; `-` counts as `_`.
pub fn layer_named(name: &str) -> Option<&'static Layer> {
    let plain = name.replace('-', "_");
    LAYERS.iter().find(|layer| layer.name == plain)
}

/// What stands for all layers where one is named.
pub const ALL: &str = "all";

/// All layers that a format is for: what a device can't show is left out, and an error where it
/// is named.
pub fn all_layers(format: OutFormat) -> Vec<&'static Layer> {
    let fits = |layer: &&Layer| {
        format != OutFormat::Gpx
            || (layer.geometry != GeometryKind::Areas && layer.name != "incidents")
    };
    LAYERS.iter().filter(fits).collect()
}

/// All names, for messages.
pub fn layer_names() -> String {
    let names: Vec<&str> = LAYERS.iter().map(|layer| layer.name).collect();
    names.join(", ")
}

/// 辖区边界.
pub const BOUNDARY: Layer = Layer {
    name: "boundary",
    geometry: GeometryKind::Areas,
    columns: &[ID, NAME, SYNTHETIC],
    en: "boundary",
    zh: "辖区边界",
    about: "The area of the district.",
    time: None,
    look: LayerLook::area("#1f2937", 0.8, None, None),
};

/// 派出所.
pub const STATIONS: Layer = Layer {
    name: "stations",
    geometry: GeometryKind::Point,
    columns: &[ID, NAME, SYNTHETIC],
    en: "police stations",
    zh: "派出所",
    about: "Where units start from.",
    time: None,
    look: LayerLook::marker("#1d4ed8", "star", 5.0, Some("name")),
};

/// 警务区.
pub const BEATS: Layer = Layer {
    name: "beats",
    geometry: GeometryKind::Areas,
    columns: &[ID, NAME, text("station", "station", "派出所"), SYNTHETIC],
    en: "beats",
    zh: "警务区",
    about: "The smallest areas of responsibility.",
    time: None,
    look: LayerLook::area("#475569", 0.35, None, Some("name")),
};

/// 巡区.
pub const ZONES: Layer = Layer {
    name: "zones",
    geometry: GeometryKind::Areas,
    columns: &[ID, NAME, SYNTHETIC],
    en: "patrol zones",
    zh: "巡区",
    about: "Drawn by a planner; may cross beats.",
    time: None,
    look: LayerLook::area("#7c3aed", 0.5, None, Some("name")),
};

/// 警务岗.
pub const POSTS: Layer = Layer {
    name: "posts",
    geometry: GeometryKind::Point,
    columns: &[ID, NAME, text("hours", "hours", "值守时间"), SYNTHETIC],
    en: "police posts",
    zh: "警务岗",
    about: "Manned points with hours.",
    time: None,
    look: LayerLook::marker("#1d4ed8", "square", 3.0, Some("name")),
};

/// 联勤岗.
pub const JOINT_DUTY_POSTS: Layer = Layer {
    name: "joint_duty_posts",
    geometry: GeometryKind::Point,
    columns: &[
        ID,
        NAME,
        text("commercial_district", "commercial district", "商圈"),
        real("visit_every_s", "visit every", "巡逻间隔", Some("s")),
        SYNTHETIC,
    ],
    en: "joint-duty posts",
    zh: "联勤岗",
    about: "Posts shared with city management and guards, in a commercial district.",
    time: None,
    look: LayerLook::marker("#b45309", "pentagon", 4.0, Some("name")),
};

/// 商圈.
pub const COMMERCIAL_DISTRICTS: Layer = Layer {
    name: "commercial_districts",
    geometry: GeometryKind::Areas,
    columns: &[ID, NAME, SYNTHETIC],
    en: "commercial districts",
    zh: "商圈",
    about: "Areas that joint-duty posts serve.",
    time: None,
    look: LayerLook::area("#b45309", 0.4, Some("#fde68a"), Some("name")),
};

/// 一键报警柱.
pub const PILLARS: Layer = Layer {
    name: "pillars",
    geometry: GeometryKind::Point,
    columns: &[ID, NAME, text("state", "state", "状态"), SYNTHETIC],
    en: "one-touch alarm pillars",
    zh: "一键报警柱",
    about: "Alarm pillars: online, pressed, answered or offline.",
    time: None,
    look: LayerLook::marker("#dc2626", "triangle", 3.0, None),
};

/// 监控点位.
pub const CAMERAS: Layer = Layer {
    name: "cameras",
    geometry: GeometryKind::Point,
    columns: &[
        ID,
        NAME,
        real("view_m", "view distance", "可视距离", Some("m")),
        SYNTHETIC,
    ],
    en: "camera sites",
    zh: "监控点位",
    about: "Where cameras hang and how far they see; never their pictures.",
    time: None,
    look: LayerLook::marker("#0f766e", "half_square", 2.4, None),
};

/// 场所.
pub const PLACES: Layer = Layer {
    name: "places",
    geometry: GeometryKind::Point,
    columns: &[
        ID,
        NAME,
        text("place_kind", "kind", "场所类型"),
        text("tier", "tier", "蓝绿黄码"),
        SYNTHETIC,
    ],
    en: "places of interest",
    zh: "场所",
    about: "Shops, markets, schools…, each with the tier of inspection of the place.",
    time: None,
    look: LayerLook::marker("#6b7280", "diamond", 2.2, None),
};

/// 处警单元.
pub const UNITS: Layer = Layer {
    name: "units",
    geometry: GeometryKind::Point,
    columns: &[
        ID,
        text("call_sign", "call sign", "呼号"),
        text("unit_kind", "kind", "类型"),
        text("station", "station", "所属派出所"),
        text("status", "status", "勤务状态"),
        SYNTHETIC,
    ],
    en: "units",
    zh: "处警单元",
    about: "Cars, motorcycles and foot teams; never named officers.",
    time: None,
    look: LayerLook::marker("#047857", "arrowhead_filled", 4.0, Some("call_sign")),
};

/// 警情.
pub const INCIDENTS: Layer = Layer {
    name: "incidents",
    geometry: GeometryKind::Point,
    columns: &[
        text("id", "id", "警情编号"),
        time("at", "at, or not before", "发生时间"),
        time("until", "not after", "发生结束时间"),
        text("category", "category", "警情类别"),
        whole("priority", "priority", "警情等级"),
        text("origin", "origin", "来源"),
        text("state", "call state", "处警状态"),
        SYNTHETIC,
    ],
    en: "incidents",
    zh: "警情",
    about: "Reported events: place, time or time span, category, priority, origin.",
    time: Some(("at", Some("until"))),
    look: LayerLook::marker("#9f1239", "circle", 1.2, None),
};

/// 风险面.
pub const RISK: Layer = Layer {
    name: "risk",
    geometry: GeometryKind::Areas,
    columns: &[
        ID,
        text("model", "model", "模型"),
        time("window_start", "window start", "时段开始"),
        time("window_end", "window end", "时段结束"),
        real("expected", "expected", "预期数", Some("incidents")),
        whole("low", "low of 80 %", "八成区间下限"),
        whole("high", "high of 80 %", "八成区间上限"),
        real(
            "at_least_one",
            "chance of one or more",
            "至少一起的概率",
            None,
        ),
        real("per_km2", "density", "密度", Some("incidents per km²")),
        whole("class", "class", "级别"),
        whole("rank", "rank", "名次"),
        SYNTHETIC,
    ],
    en: "risk surface",
    zh: "风险面",
    about: "Expected incidents in each hexagon for a window, with 80 % intervals.",
    time: Some(("window_start", Some("window_end"))),
    look: LayerLook {
        classes: Some(LookClasses {
            column: "class",
            fills: &RISK_CLASSES,
        }),
        ..LayerLook::area("#b91c1c", 0.1, Some("#fca5a5"), None)
    },
};

/// Fills of the risk surface's classes 1 to 5, those of the page by day, and which cells they
/// are: [`crate::risk::classes::CLASS_SHARES`] from its end.
pub const RISK_CLASSES: [(&str, &str); 5] = [
    ("#fbe48c", "5–10 % of the area 面积的 5–10 %"),
    ("#f5b63f", "2–5 % of the area 面积的 2–5 %"),
    ("#e27620", "1–2 % of the area 面积的 1–2 %"),
    ("#b32d10", "0.5–1 % of the area 面积的 0.5–1 %"),
    ("#660010", "top 0.5 % of the area 面积的前 0.5 %"),
];

/// 热点.
pub const HOT_SPOTS: Layer = Layer {
    name: "hot_spots",
    geometry: GeometryKind::Areas,
    columns: &[
        ID,
        text("name_en", "name (English)", "英文名称"),
        text("name_zh", "name (Chinese)", "中文名称"),
        time("period_start", "period start", "起始"),
        time("period_end", "period end", "截止"),
        whole("observed", "observed incidents", "实际数"),
        real(
            "expected",
            "expected by area",
            "按面积应有",
            Some("incidents"),
        ),
        real("share", "share of incidents", "警情占比", None),
        real("area_share", "share of area", "面积占比", None),
        real("area_km2", "area", "面积", Some("km²")),
        real("peak_z", "peak Gi*", "峰值 Gi*", None),
        real(
            "peak_p_permuted",
            "peak p, permuted",
            "峰值置换检验 p",
            None,
        ),
        SYNTHETIC,
    ],
    en: "hot spots",
    zh: "热点",
    about: "Connected cells with more incidents than chance explains (Gi*, false discovery rate 5 %).",
    time: Some(("period_start", Some("period_end"))),
    look: LayerLook::area("#7f1d1d", 0.6, Some("#f87171"), Some("name_en")),
};

/// 预测单元.
pub const FORECAST_CELLS: Layer = Layer {
    name: "forecast_cells",
    geometry: GeometryKind::Areas,
    columns: &[
        ID,
        text("forecast", "forecast", "预测编号"),
        text("cell", "cell", "单元"),
        text("model", "model", "模型"),
        time("frozen_at", "frozen at", "冻结时间"),
        time("window_start", "window start", "时段开始"),
        time("window_end", "window end", "时段结束"),
        real("expected", "expected", "预期数", Some("incidents")),
        SYNTHETIC,
    ],
    en: "cells of frozen forecasts",
    zh: "冻结预测的单元",
    about: "What each frozen forecast expected in each hexagon.",
    time: Some(("window_start", Some("window_end"))),
    look: LayerLook::area("#9a3412", 0.1, Some("#fdba74"), None),
};

/// 巡逻路线.
pub const PLAN_ROUTES: Layer = Layer {
    name: "plan_routes",
    geometry: GeometryKind::Line,
    columns: &[
        ID,
        text("plan", "plan", "方案"),
        text("unit", "unit", "单元"),
        text("call_sign", "call sign", "呼号"),
        time("window_start", "shift start", "班次开始"),
        time("window_end", "shift end", "班次结束"),
        whole("stops", "stops", "停靠点数"),
        real("length_m", "length", "长度", Some("m")),
        real("driving_s", "driving time", "行驶时间", Some("s")),
        SYNTHETIC,
    ],
    en: "patrol routes",
    zh: "巡逻路线",
    about: "The line each unit drives in a plan.",
    time: Some(("window_start", Some("window_end"))),
    look: LayerLook::line("#2563eb", 0.9, Some("call_sign")),
};

/// 停靠点.
pub const PLAN_STOPS: Layer = Layer {
    name: "plan_stops",
    geometry: GeometryKind::Point,
    columns: &[
        ID,
        text("plan", "plan", "方案"),
        text("unit", "unit", "单元"),
        text("call_sign", "call sign", "呼号"),
        whole("number", "number", "序号"),
        text("label", "where", "位置"),
        time("arrival", "arrival", "到达"),
        time("departure", "departure", "离开"),
        real("drive_s", "drive", "行驶", Some("s")),
        real("gain", "covered", "覆盖", Some("incidents")),
        text("reason", "reason", "理由代码"),
        text("reason_en", "reason (English)", "英文理由"),
        text("reason_zh", "reason (Chinese)", "中文理由"),
        SYNTHETIC,
    ],
    en: "patrol stops",
    zh: "停靠点",
    about: "The stops of each plan with times and reasons.",
    time: Some(("arrival", Some("departure"))),
    look: LayerLook::marker("#2563eb", "hexagon", 3.2, Some("number")),
};

const BASEMAP_COLUMNS: &[Column] = &[
    ID,
    text("kind", "kind", "图层"),
    text("class", "class", "类别"),
    NAME,
];

/// 底图线.
pub const BASEMAP_LINES: Layer = Layer {
    name: "basemap_lines",
    geometry: GeometryKind::Line,
    columns: BASEMAP_COLUMNS,
    en: "basemap lines",
    zh: "底图线",
    about: "Streets, railways and rivers of the basemap.",
    time: None,
    look: LayerLook::line("#cbd5e1", 0.3, None),
};

/// 底图面.
pub const BASEMAP_AREAS: Layer = Layer {
    name: "basemap_areas",
    geometry: GeometryKind::Areas,
    columns: BASEMAP_COLUMNS,
    en: "basemap areas",
    zh: "底图面",
    about: "Water, parks and buildings of the basemap; for drawing.",
    time: None,
    look: LayerLook::area("#cbd5e1", 0.1, Some("#e5e7eb"), None),
};

/// 底图注记.
pub const BASEMAP_LABELS: Layer = Layer {
    name: "basemap_labels",
    geometry: GeometryKind::Point,
    columns: BASEMAP_COLUMNS,
    en: "basemap labels",
    zh: "底图注记",
    about: "Names of suburbs, squares and stations of the basemap.",
    time: None,
    look: LayerLook::marker("#94a3b8", "cross2", 1.0, Some("name")),
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_the_id_comes_first() {
        let names: BTreeSet<&str> = LAYERS.iter().map(|layer| layer.name).collect();
        assert_eq!(names.len(), LAYERS.len());
        for layer in LAYERS {
            assert_eq!(layer.columns[0].name, "id", "{}", layer.name);
            let columns: BTreeSet<&str> = layer.columns.iter().map(|c| c.name).collect();
            assert_eq!(columns.len(), layer.columns.len(), "{}", layer.name);
            let chinese: BTreeSet<&str> = layer.columns.iter().map(|c| c.zh).collect();
            assert_eq!(chinese.len(), layer.columns.len(), "{}", layer.name);
            if let Some((start, end)) = layer.time {
                assert!(
                    layer.column(start).is_some() && end.is_none_or(|e| layer.column(e).is_some())
                );
            }
            if let Some(label) = layer.look.label {
                assert!(layer.column(label).is_some(), "{}", layer.name);
            }
        }
        assert_eq!(layer_named("joint-duty-posts"), Some(&JOINT_DUTY_POSTS));
        assert_eq!(layer_named("../beats"), None);
    }

    #[test]
    fn no_column_has_room_for_a_person() {
        for column in LAYERS.iter().flat_map(|layer| layer.columns) {
            for word in [
                "phone",
                "person",
                "officer",
                "plate",
                "source_id",
                "face",
                "姓名",
                "电话",
            ] {
                assert!(
                    !column.name.contains(word) && !column.zh.contains(word),
                    "{}",
                    column.name
                );
            }
        }
    }
}
