//! Places of interest 场所 of the sample: kinds, how many, where they gather, and the
//! inspection tier of each place.

use rand::RngExt;

use crate::app::sample::centre::Centre;
use crate::app::sample::chance::{by_weight, running, stream};
use crate::app::sample::outline::Outline;
use crate::app::sample::piece::{Piece, Pieces};
use crate::app::sample::street::Class;
use crate::app::sample::terrain::urbanity;
use crate::place::feature::{Place, PlaceTier};
use crate::place::id::Id;

/// A kind of place: its code, Chinese name, how many there are, how much it seeks
/// commercial districts and main streets, and the shares of tiers yellow and green.
struct Sort {
    kind: &'static str,
    name: &'static str,
    count: usize,
    shops: f64,
    main: f64,
    yellow: f64,
    green: f64,
}

const fn sort(
    kind: &'static str,
    name: &'static str,
    count: usize,
    shops: f64,
    main: f64,
    yellow: f64,
    green: f64,
) -> Sort {
    Sort {
        kind,
        name,
        count,
        shops,
        main,
        yellow,
        green,
    }
}

/// 1,090 places.
const SORTS: [Sort; 16] = [
    sort("shop", "商店", 330, 14.0, 1.5, 0.01, 0.10),
    sort("restaurant", "餐馆", 210, 12.0, 1.2, 0.02, 0.15),
    sort("residential_compound", "小区", 100, 0.0, 0.2, 0.02, 0.10),
    sort("school", "学校", 70, 0.0, 0.5, 0.03, 0.35),
    sort("bank", "银行网点", 50, 16.0, 3.0, 0.04, 0.50),
    sort("hotel", "旅馆", 45, 8.0, 1.5, 0.10, 0.40),
    sort("market", "市场", 40, 5.0, 1.5, 0.08, 0.40),
    sort("warehouse", "仓库", 40, 0.0, 0.4, 0.12, 0.35),
    sort("ebike_shop", "电动车店", 39, 2.0, 1.0, 0.20, 0.45),
    sort("internet_cafe", "网吧", 35, 10.0, 1.0, 0.14, 0.46),
    sort("park", "小游园", 30, 0.5, 0.8, 0.0, 0.10),
    sort("entertainment", "娱乐场所", 25, 18.0, 1.2, 0.24, 0.50),
    sort("hospital", "医疗机构", 24, 2.0, 2.5, 0.08, 0.50),
    sort("petrol_station", "加油站", 22, 0.0, 4.0, 0.32, 0.68),
    sort(
        "battery_recycler",
        "废旧电池回收点",
        18,
        0.0,
        0.5,
        0.55,
        0.45,
    ),
    sort("metro_station", "地铁站", 12, 10.0, 6.0, 0.17, 0.83),
];

/// From a street's middle to a place's door, metres.
const DOOR_M: (f64, f64) = (9.0, 22.0);

/// The places.
pub fn places(seed: u64, pieces: &Pieces, outline: &Outline, centres: &[Centre]) -> Vec<Place> {
    let mut found = Vec::new();
    for sort in &SORTS {
        let mut chance = stream(seed, sort.kind);
        let weights = running(pieces.all.iter().map(|piece| weight(sort, piece, centres)));
        for number in 1..=sort.count {
            let spot = loop {
                let piece = pieces.all[by_weight(&mut chance, &weights)];
                let length = piece.metres().max(1.0);
                let off = chance.random_range(DOOR_M.0..DOOR_M.1)
                    * if chance.random_bool(0.5) { 1.0 } else { -1.0 };
                let spot = piece.a.towards(piece.b, chance.random()).moved(
                    -(piece.b.y - piece.a.y) / length * off,
                    (piece.b.x - piece.a.x) / length * off,
                );
                if outline.contains(spot) {
                    break spot;
                }
            };
            let draw: f64 = chance.random();
            found.push(Place {
                id: Id::new(format!("place-{:04}", found.len() + 1)),
                name: format!("模拟{} {number}", sort.name),
                position: spot.position(),
                kind: sort.kind.into(),
                tier: if draw < sort.yellow {
                    PlaceTier::Yellow
                } else if draw < sort.yellow + sort.green {
                    PlaceTier::Green
                } else {
                    PlaceTier::Blue
                },
            });
        }
    }
    found
}

fn weight(sort: &Sort, piece: &Piece, centres: &[Centre]) -> f64 {
    if piece.class == Class::Trunk {
        return 0.0;
    }
    let spot = piece.middle();
    let shops: f64 = centres
        .iter()
        .map(|c| c.pull * (-0.5 * (c.spot.metres_to(spot) / 230.0).powi(2)).exp())
        .sum();
    let own = if piece.is_main() { sort.main } else { 0.6 };
    // Warehouses and recyclers go where it is not urban.
    let urban = if matches!(sort.kind, "warehouse" | "battery_recycler") {
        1.3 - urbanity(spot)
    } else {
        urbanity(spot)
    };
    piece.metres() * urban * (own + sort.shops * shops)
}
