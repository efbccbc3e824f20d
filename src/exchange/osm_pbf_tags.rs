//! What OpenStreetMap's tags mean here: which ways a patrol car may drive and how, and
//! what is drawn in which layer. The one place that knows tag names.

use crate::place::basemap::BasemapKind;
use crate::roads::draft::WayDirection;

/// Ways that no car drives on, whatever the speed table says.
const NEVER_DRIVEN: [&str; 16] = [
    "footway",
    "steps",
    "path",
    "cycleway",
    "bridleway",
    "corridor",
    "platform",
    "elevator",
    "construction",
    "proposed",
    "raceway",
    "trail",
    "crossing",
    "rest_area",
    "services",
    "bus_stop",
];

/// `highway` values that are not there, or not a line to draw.
const NEVER_DRAWN: [&str; 11] = [
    "construction",
    "proposed",
    "platform",
    "elevator",
    "corridor",
    "rest_area",
    "services",
    "bus_stop",
    "razed",
    "abandoned",
    "crossing",
];

/// Values of access tags that keep a patrol car on its ordinary round out.
const NO_ACCESS: [&str; 7] = [
    "no",
    "private",
    "agricultural",
    "forestry",
    "use_sidepath",
    "military",
    "discouraged",
];

/// Barriers that stand in the way of cars.
const SOLID_BARRIERS: [&str; 13] = [
    "bollard",
    "block",
    "chain",
    "cycle_barrier",
    "motorcycle_barrier",
    "jersey_barrier",
    "log",
    "debris",
    "turnstile",
    "full-height_turnstile",
    "stile",
    "kissing_gate",
    "planter",
];

/// Barriers that open, for those who have access.
const GATES: [&str; 4] = ["gate", "lift_gate", "swing_gate", "sliding_gate"];

/// An element's tags.
pub(crate) struct Tags<'a>(Vec<(&'a str, &'a str)>);

/// A way to drive on.
#[derive(Debug, PartialEq)]
pub(crate) struct Road<'a> {
    pub class: &'a str,
    pub name: &'a str,
    pub direction: WayDirection,
    pub max_kmh: Option<f64>,
}

/// Something to draw, without its shape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawing {
    pub kind: BasemapKind,
    pub class: String,
    pub name: String,
    /// A closed line bounds an area.
    pub area: bool,
}

/// What a turn restriction says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// `no_…`.
    No,
    /// `only_…`.
    Only,
    /// At some times only, or something unknown.
    Unclear,
}

impl<'a> Tags<'a> {
    /// Collects them.
    pub fn new(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self(tags.collect())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|t| t.0 == key).map(|t| t.1)
    }

    fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    /// Its name, in Chinese where it has no other; empty where it has none.
    pub fn name(&self) -> &'a str {
        self.get("name")
            .or_else(|| self.get("name:zh"))
            .unwrap_or("")
    }

    /// The value of the most special access tag that speaks of cars.
    fn access(&self) -> Option<&'a str> {
        ["motorcar", "motor_vehicle", "vehicle", "access"]
            .into_iter()
            .find_map(|key| self.get(key))
    }
}

/// The way as a road; none where cars don't drive.
pub(crate) fn road<'a>(tags: &Tags<'a>) -> Option<Road<'a>> {
    let class = tags.get("highway")?;
    let shut = tags.access().is_some_and(|a| NO_ACCESS.contains(&a));
    if NEVER_DRIVEN.contains(&class) || tags.is("area", "yes") || shut {
        return None;
    }
    Some(Road {
        class,
        name: tags.name(),
        direction: direction(tags, class),
        max_kmh: tags.get("maxspeed").and_then(max_kmh),
    })
}

fn direction(tags: &Tags<'_>, class: &str) -> WayDirection {
    let round = matches!(tags.get("junction"), Some("roundabout" | "circular"));
    match tags.get("oneway") {
        Some("yes" | "true" | "1") => WayDirection::Forward,
        Some("-1" | "reverse") => WayDirection::Backward,
        Some(_) => WayDirection::Both,
        None if round || class == "motorway" => WayDirection::Forward,
        None => WayDirection::Both,
    }
}

/// `50`, `50 km/h`, `30 mph`; not `CN:urban` nor `walk`.
fn max_kmh(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let factor = match text[digits..].trim() {
        "" | "km/h" | "kmh" | "kph" => 1.0,
        "mph" => 1.609_344,
        "knots" => 1.852,
        _ => return None,
    };
    Some(number * factor).filter(|v| *v > 0.0)
}

/// Whether a node stops cars.
pub(crate) fn stops_cars(tags: &Tags<'_>) -> bool {
    let Some(barrier) = tags.get("barrier") else {
        return false;
    };
    let access = tags.access();
    if GATES.contains(&barrier) {
        return matches!(access, Some("no" | "private"));
    }
    SOLID_BARRIERS.contains(&barrier)
        && !matches!(
            access,
            Some("yes" | "permissive" | "destination" | "designated")
        )
}

/// What a relation of `type=restriction` says to cars; none where it says nothing.
pub(crate) fn turn(tags: &Tags<'_>) -> Option<Turn> {
    let excepted = tags.get("except").is_some_and(|e| {
        e.split(';')
            .any(|v| matches!(v.trim(), "motorcar" | "motor_vehicle"))
    });
    if excepted {
        return None;
    }
    let value = [
        "restriction",
        "restriction:motorcar",
        "restriction:motor_vehicle",
    ]
    .into_iter()
    .find_map(|key| tags.get(key));
    match value {
        Some(v) if v.starts_with("only_") => Some(Turn::Only),
        Some(v) if v.starts_with("no_") => Some(Turn::No),
        _ if value.is_some() || tags.get("restriction:conditional").is_some() => {
            Some(Turn::Unclear)
        }
        _ => None,
    }
}

/// What a node names on the map.
pub(crate) fn label(tags: &Tags<'_>) -> Option<Drawing> {
    let class = match (
        tags.get("place"),
        tags.get("railway"),
        tags.get("public_transport"),
    ) {
        (
            Some(
                place @ ("city" | "town" | "village" | "hamlet" | "borough" | "district" | "suburb"
                | "quarter" | "neighbourhood" | "square" | "island"),
            ),
            _,
            _,
        ) => place,
        (_, Some("station" | "halt"), _) | (_, _, Some("station")) => "station",
        _ => return None,
    };
    draw(tags, BasemapKind::Label, class, false).filter(|d| !d.name.is_empty())
}

/// What a way or an area looks like on the map; none where it is not drawn.
pub(crate) fn drawing(tags: &Tags<'_>) -> Option<Drawing> {
    if let Some(building) = tags.get("building").filter(|b| *b != "no") {
        let class = if building == "yes" {
            "building"
        } else {
            building
        };
        return draw(tags, BasemapKind::Building, class, true);
    }
    water(tags)
        .or_else(|| green(tags))
        .or_else(|| railway(tags))
        .or_else(|| street(tags))
        .or_else(|| square(tags))
}

fn draw(tags: &Tags<'_>, kind: BasemapKind, class: &str, area: bool) -> Option<Drawing> {
    Some(Drawing {
        kind,
        class: class.to_owned(),
        name: tags.name().to_owned(),
        area,
    })
}

fn water(tags: &Tags<'_>) -> Option<Drawing> {
    let kind = BasemapKind::Water;
    if tags.is("natural", "water") {
        return draw(tags, kind, tags.get("water").unwrap_or("water"), true);
    }
    if let Some(class @ ("reservoir" | "basin" | "pond")) = tags.get("landuse") {
        return draw(tags, kind, class, true);
    }
    if tags.is("leisure", "swimming_pool") {
        return draw(tags, kind, "pool", true);
    }
    match tags.get("waterway") {
        Some("riverbank" | "dock") => draw(tags, kind, "river", true),
        Some(class @ ("river" | "canal" | "stream" | "drain" | "ditch")) => {
            draw(tags, kind, class, false)
        }
        _ if tags.is("natural", "coastline") => draw(tags, kind, "coastline", false),
        _ => None,
    }
}

fn green(tags: &Tags<'_>) -> Option<Drawing> {
    let leisure = tags.get("leisure").filter(|v| {
        matches!(
            *v,
            "park"
                | "garden"
                | "golf_course"
                | "nature_reserve"
                | "pitch"
                | "playground"
                | "recreation_ground"
                | "common"
        )
    });
    let landuse = tags.get("landuse").filter(|v| {
        matches!(
            *v,
            "grass"
                | "forest"
                | "meadow"
                | "recreation_ground"
                | "village_green"
                | "cemetery"
                | "orchard"
                | "vineyard"
                | "flowerbed"
                | "greenfield"
                | "allotments"
        )
    });
    let natural = tags
        .get("natural")
        .filter(|v| matches!(*v, "wood" | "scrub" | "grassland" | "heath" | "wetland"));
    let class = leisure.or(landuse).or(natural)?;
    draw(tags, BasemapKind::Green, class, true)
}

fn railway(tags: &Tags<'_>) -> Option<Drawing> {
    let class = tags.get("railway").filter(|v| {
        matches!(
            *v,
            "rail" | "subway" | "light_rail" | "tram" | "narrow_gauge" | "monorail" | "funicular"
        )
    })?;
    draw(tags, BasemapKind::Railway, class, false)
}

/// Streets and paths as lines. Areas of street (`area=yes`) are left to their outlines'
/// neighbours: a line layer would draw their border as a street.
fn street(tags: &Tags<'_>) -> Option<Drawing> {
    let class = tags.get("highway")?;
    if NEVER_DRAWN.contains(&class) || tags.is("area", "yes") {
        return None;
    }
    draw(tags, BasemapKind::Street, class, false)
}

fn square(tags: &Tags<'_>) -> Option<Drawing> {
    if !tags.is("place", "square") || tags.name().is_empty() {
        return None;
    }
    draw(tags, BasemapKind::Label, "square", true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Tags<'_> {
        Tags::new(text.split(' ').filter_map(|t| t.split_once('=')))
    }

    #[test]
    fn which_ways_are_driven() {
        for (text, driven) in [
            ("highway=residential", true),
            ("highway=footway", false),
            ("highway=service access=private", false),
            ("highway=service access=no motor_vehicle=yes", true),
            ("highway=residential motor_vehicle=no", false),
            ("highway=residential vehicle=no motorcar=destination", true),
            ("highway=pedestrian area=yes", false),
            ("building=yes", false),
        ] {
            assert_eq!(road(&tags(text)).is_some(), driven, "{text}");
        }
    }

    #[test]
    fn which_way_round() {
        for (text, direction) in [
            ("highway=residential", WayDirection::Both),
            ("highway=residential oneway=yes", WayDirection::Forward),
            ("highway=residential oneway=-1", WayDirection::Backward),
            ("highway=primary junction=roundabout", WayDirection::Forward),
            (
                "highway=primary junction=roundabout oneway=-1",
                WayDirection::Backward,
            ),
            ("highway=motorway", WayDirection::Forward),
            ("highway=motorway oneway=no", WayDirection::Both),
        ] {
            assert_eq!(road(&tags(text)).unwrap().direction, direction, "{text}");
        }
    }

    #[test]
    fn how_fast() {
        assert_eq!(max_kmh("50"), Some(50.0));
        assert_eq!(max_kmh("30 mph"), Some(48.280_32));
        assert_eq!(max_kmh("7.5 km/h"), Some(7.5));
        for none in ["CN:urban", "walk", "", "0", "50;30", "1.2.3", "none"] {
            assert_eq!(max_kmh(none), None, "{none}");
        }
    }

    #[test]
    fn what_stops_cars() {
        for (text, stops) in [
            ("barrier=bollard", true),
            ("barrier=bollard motor_vehicle=yes", false),
            ("barrier=gate", false),
            ("barrier=lift_gate access=private", true),
            ("barrier=kerb", false),
            ("highway=crossing", false),
        ] {
            assert_eq!(stops_cars(&tags(text)), stops, "{text}");
        }
    }

    #[test]
    fn which_turns() {
        assert_eq!(turn(&tags("restriction=no_left_turn")), Some(Turn::No));
        assert_eq!(
            turn(&tags("restriction=only_straight_on")),
            Some(Turn::Only)
        );
        assert_eq!(
            turn(&tags("restriction=no_left_turn except=psv;motorcar")),
            None
        );
        assert_eq!(turn(&tags("restriction:hgv=no_left_turn")), None);
        assert_eq!(
            turn(&tags("restriction:conditional=x")),
            Some(Turn::Unclear)
        );
    }

    #[test]
    fn what_is_drawn() {
        for (text, kind, class, area) in [
            ("building=yes", BasemapKind::Building, "building", true),
            ("natural=water water=lake", BasemapKind::Water, "lake", true),
            (
                "waterway=river name=浑河",
                BasemapKind::Water,
                "river",
                false,
            ),
            ("leisure=park", BasemapKind::Green, "park", true),
            ("railway=tram", BasemapKind::Railway, "tram", false),
            ("highway=primary", BasemapKind::Street, "primary", false),
        ] {
            let d = drawing(&tags(text)).unwrap();
            assert_eq!(
                (d.kind, d.class.as_str(), d.area),
                (kind, class, area),
                "{text}"
            );
        }
        assert!(drawing(&tags("building=no")).is_none());
        assert!(drawing(&tags("highway=proposed")).is_none());
        assert_eq!(label(&tags("place=suburb name=大东")).unwrap().name, "大东");
        assert!(label(&tags("place=suburb")).is_none());
    }
}
