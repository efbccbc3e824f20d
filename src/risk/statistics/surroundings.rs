//! What is around: a name for a stretch of ground that a planner knows it by, "around
//! Pillar 12, Beat 3" or “第3警务区 一键报警柱12周边”.
//!
//! The landmark nearest to the incidents' middle, within [`REACH`], and the beat that holds
//! most of them (two where the second holds a quarter or more).

use crate::index::areas::AreaIndex;
use crate::index::points::PointIndex;
use crate::place::area::Area;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// A landmark further away than this names nothing.
pub const REACH: Metres = Metres(400.0);

/// A second beat is named from this share on.
const SECOND_BEAT: f64 = 0.25;

/// Something that stands somewhere and has a name: a pillar, a post, a market.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmark {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub position: Position,
}

/// Landmarks and beats, found by place.
#[derive(Debug)]
pub struct Surroundings {
    landmarks: Vec<String>,
    near: PointIndex,
    beats: Vec<String>,
    in_beat: AreaIndex,
}

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotName {
    /// English.
    pub en: String,
    /// 简体中文.
    pub zh: String,
}

impl Surroundings {
    /// Indexes what stands there; of two landmarks equally near, the first names.
    pub fn new(landmarks: Vec<Landmark>, beats: Vec<(String, Area)>) -> Self {
        let near = PointIndex::new(landmarks.iter().map(|l| l.position).collect());
        let (beats, areas): (Vec<String>, Vec<Area>) = beats.into_iter().unzip();
        Self {
            landmarks: landmarks.into_iter().map(|l| l.name).collect(),
            near,
            beats,
            in_beat: AreaIndex::new(areas),
        }
    }

    /// Names a spot by its middle and by where its weight lies (cells' centres and their
    /// incidents).
    pub fn name(&self, middle: Position, weight: &[(Position, f64)]) -> SpotName {
        let landmark = self.near.nearest(middle, 1).first().copied();
        let landmark = landmark
            .filter(|(_, metres)| *metres <= REACH)
            .map(|(i, _)| self.landmarks[i].as_str());
        let beats = self.beats_of(weight);
        let beats_en = beats.join(" and ");
        let beats_zh = beats.join("、");
        match (landmark, beats.is_empty()) {
            (Some(landmark), false) => SpotName {
                en: format!("around {landmark}, {beats_en}"),
                zh: format!("{beats_zh} {landmark}周边"),
            },
            (Some(landmark), true) => SpotName {
                en: format!("around {landmark}"),
                zh: format!("{landmark}周边"),
            },
            (None, false) => SpotName {
                en: beats_en,
                zh: beats_zh,
            },
            (None, true) => {
                let at = format!("{:.4}, {:.4}", middle.lon(), middle.lat());
                SpotName {
                    en: format!("around {at}"),
                    zh: format!("{at}周边"),
                }
            }
        }
    }

    fn beats_of(&self, weight: &[(Position, f64)]) -> Vec<&str> {
        let mut held = vec![0.0; self.beats.len()];
        for &(position, weight) in weight {
            if let Some(beat) = self.in_beat.at(position) {
                held[beat] += weight;
            }
        }
        let total: f64 = weight.iter().map(|w| w.1).sum();
        let mut order: Vec<usize> = (0..held.len()).filter(|&i| held[i] > 0.0).collect();
        order.sort_by(|&a, &b| held[b].total_cmp(&held[a]).then(a.cmp(&b)));
        order.truncate(2);
        let second =
            |&(place, &beat): &(usize, &usize)| place == 0 || held[beat] >= SECOND_BEAT * total;
        let named = order.iter().enumerate().filter(second);
        named.map(|(_, &beat)| self.beats[beat].as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::wrapped(lon, lat)
    }

    fn beat(name: &str, west: f64) -> (String, Area) {
        let (e, s, n) = (west + 0.02, 41.8, 41.82);
        let ring = vec![[west, s], [e, s], [e, n], [west, n], [west, s]];
        (name.into(), Area::from_rings(&[vec![ring]]).unwrap())
    }

    fn town() -> Surroundings {
        let pillar = Landmark {
            name: "Pillar 12".into(),
            position: at(123.411, 41.81),
        };
        Surroundings::new(
            vec![pillar],
            vec![beat("Beat 3", 123.40), beat("Beat 4", 123.42)],
        )
    }

    #[test]
    fn by_pillar_and_beat() {
        let middle = at(123.41, 41.81);
        let name = town().name(middle, &[(middle, 5.0)]);
        assert_eq!(name.en, "around Pillar 12, Beat 3");
        assert_eq!(name.zh, "Beat 3 Pillar 12周边");
    }

    #[test]
    fn over_a_border_and_outside_of_all() {
        let town = town();
        let (here, there) = (at(123.418, 41.803), at(123.422, 41.803));
        let name = |a: f64, b: f64| town.name(here, &[(here, a), (there, b)]).en;
        assert_eq!(name(5.0, 4.0), "Beat 3 and Beat 4");
        assert_eq!(name(1.0, 9.0), "Beat 4");
        let far = at(10.0, 50.0);
        assert_eq!(town.name(far, &[(far, 1.0)]).en, "around 10.0000, 50.0000");
        let empty = Surroundings::new(vec![], vec![]);
        assert_eq!(empty.name(far, &[]).zh, "10.0000, 50.0000周边");
    }
}
