//! What a planner asks at the prompt, one text an option: `--pin 8a2a…@22:00-23:30`,
//! `--break U1@23:00-00:30=30m`, `--every POST-3=2h`, `--preset respond`…

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use crate::app::plan_wishes::{BreakRequest, EveryRequest, PinRequest, UnitRequest, WishRequest};
use crate::calendar::text::parse_hours;
use crate::calendar::window::Window;
use crate::cli::failure::Failure;
use crate::cli::option_text::{duration, once, pair, position, window_of, wrong};
use crate::exchange::read::geojson_table::read_geojson;
use crate::exchange::read::table::RawShape;
use crate::patrol::objective::weights::{Preset, Weights};
use crate::patrol::problem::ForbiddenArea;
use crate::patrol::wishes::{NeedWish, SpeedWish};
use crate::place::area::Area;

/// What is asked besides the window and the number of units.
#[derive(Debug, Args)]
pub struct WishArgs {
    /// What counts how much: presence where risk is; being near the next call; or minutes in
    /// every beat as its risk asks for, at the price of risk covered in the hottest ones.
    #[arg(long, value_enum, default_value_t = PresetArg::Deter, help_heading = "What counts")]
    preset: PresetArg,
    /// A slider from 0 to 1 that differs from the preset's, like respond=0.8: deter,
    /// respond, fair or travel.
    #[arg(long, value_name = "NAME=SHARE", help_heading = "What counts")]
    weight: Vec<String>,
    /// Show what the three presets come to beside each other; takes as long again for each.
    #[arg(long, help_heading = "What counts")]
    compare: bool,
    /// Draw among plans within 2 % of the best, so that it can't be foreseen; the same
    /// number draws the same plan.
    #[arg(long, value_name = "SEED", num_args = 0..=1, default_missing_value = "1", help_heading = "What counts")]
    draw: Option<u64>,
    /// A stored plan for the same shift, by its id: its stops stay as they are unless a change
    /// is worth more than a quarter of what an average stop covers.
    #[arg(long, value_name = "PLAN", help_heading = "What counts")]
    keep_to: Option<String>,
    /// A stop that has to be made, at a cell or at a station, post or pillar (which then is a
    /// must-visit): PLACE, PLACE@FROM-UNTIL, with =UNIT behind it for a given unit.
    #[arg(long, value_name = "PLACE[@FROM-UNTIL][=UNIT]", help_heading = "Stops")]
    pin: Vec<String>,
    /// A cell, post or pillar where nobody stops.
    #[arg(long, value_name = "PLACE", help_heading = "Stops")]
    not: Vec<String>,
    /// Areas in which nobody stops: polygons of a GeoJSON file, WGS 84. Driving through
    /// stays allowed.
    #[arg(long, value_name = "FILE.geojson", help_heading = "Stops")]
    forbid: Vec<PathBuf>,
    /// The longest time between two visits to a point, like POST-3=2h or PILLAR-7=24h; at
    /// least 15m. Longer than the shift it goes by the stored plans before. It takes the place
    /// of a post's own period.
    #[arg(long, value_name = "ID=TIME", help_heading = "Stops")]
    every: Vec<String>,
    /// Posts with a period, "every 2 h", are due once in each two hours of the shift, so that
    /// nearly four may pass between two visits; with this no more than two ever do.
    #[arg(long, help_heading = "Stops")]
    max_gap: bool,
    /// A post whose visits need a skill, like POST-3=dog.
    #[arg(long, value_name = "ID=SKILL", help_heading = "Stops")]
    need: Vec<String>,
    /// A skill of a unit, like U1=dog.
    #[arg(long, value_name = "UNIT=SKILL", help_heading = "Units")]
    skill: Vec<String>,
    /// A unit's break, like U1@23:00-00:30=30m, with @PLACE behind it where it is to be
    /// taken: a station, post or pillar.
    #[arg(
        long = "break",
        value_name = "UNIT@FROM-UNTIL=TIME[@PLACE]",
        help_heading = "Units"
    )]
    breaks: Vec<String>,
    /// Where a unit begins, like U1=123.43,41.80; where it is if not given.
    #[arg(long, value_name = "UNIT=LON,LAT", help_heading = "Units")]
    start: Vec<String>,
    /// Where a unit's shift ends, like U1=STATION-2.
    #[arg(long, value_name = "UNIT=PLACE", help_heading = "Units")]
    end: Vec<String>,
    /// When a unit works within the window, like U1@22:00-02:00.
    #[arg(long, value_name = "UNIT@FROM-UNTIL", help_heading = "Units")]
    unit_shift: Vec<String>,
    /// The only beats a unit stops in, like U1=BEAT-3,BEAT-4.
    #[arg(long, value_name = "UNIT=BEATS", help_heading = "Units")]
    beats: Vec<String>,
    /// Units stop only in the beats of their own station; a beat of no station goes to the
    /// nearest one.
    #[arg(long, help_heading = "Units")]
    within_station: bool,
    /// Units bound to beats stand in in all beats of their station too.
    #[arg(long, requires = "beats", help_heading = "Units")]
    backup: bool,
    /// Hours in which drives take longer, like 7-9=1.5.
    #[arg(long, value_name = "HOURS=FACTOR", help_heading = "Units")]
    slow: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PresetArg {
    Deter,
    Respond,
    Balanced,
}

impl WishArgs {
    /// The wishes; times are those of the shift.
    ///
    /// # Errors
    /// [`Failure`] of wrong use.
    pub fn request(&self, shift: Window, zone: &TimeZone) -> Result<WishRequest, Failure> {
        let mut request = WishRequest {
            within_station: self.within_station,
            backup: self.backup,
            max_gap: self.max_gap,
            not_these: self.not.clone(),
            weights: self.weights()?,
            draw: self.draw,
            compare: self.compare,
            keep_to: self.keep_to.clone(),
            ..WishRequest::default()
        };
        for text in &self.pin {
            request.pins.push(pin(text, shift, zone)?);
        }
        for path in &self.forbid {
            request.forbidden.extend(forbidden(path)?);
        }
        for text in &self.every {
            let (id, every) = pair("every", text, "POST-3=2h")?;
            request.every.push(EveryRequest {
                id: id.into(),
                every: duration("every", every)?,
            });
        }
        for text in &self.need {
            let (id, skill) = pair("need", text, "POST-3=dog")?;
            request.needs.push(NeedWish {
                id: id.into(),
                skill: skill.into(),
            });
        }
        for text in &self.slow {
            request.speeds.push(slow(text)?);
        }
        self.units(&mut request.units, shift, zone)?;
        Ok(request)
    }

    fn weights(&self) -> Result<Weights, Failure> {
        let preset = match self.preset {
            PresetArg::Deter => Preset::Deter,
            PresetArg::Respond => Preset::Respond,
            PresetArg::Balanced => Preset::Balanced,
        };
        let mut weights = preset.weights();
        for text in &self.weight {
            let (name, share) = pair("weight", text, "respond=0.8")?;
            let share = share.parse().map_err(|_| {
                Failure::usage(
                    format!("--weight {text:?} has no number"),
                    "write a share from 0 to 1, like --weight respond=0.8",
                )
            })?;
            match name {
                "deter" => weights.deter = share,
                "respond" => weights.respond = share,
                "fair" => weights.fair = share,
                "travel" => weights.travel = share,
                _ => {
                    return Err(Failure::usage(
                        format!("there is no weight {name:?}"),
                        "weights are deter, respond, fair and travel",
                    ));
                }
            }
        }
        weights
            .check()
            .map_err(|e| Failure::usage(e, "write a share, like --weight respond=0.8"))?;
        Ok(weights)
    }

    fn units(
        &self,
        units: &mut Vec<UnitRequest>,
        shift: Window,
        zone: &TimeZone,
    ) -> Result<(), Failure> {
        for text in &self.skill {
            let (unit, skill) = pair("skill", text, "U1=dog")?;
            of(units, unit).skills.push(skill.into());
        }
        for text in &self.end {
            let (unit, place) = pair("end", text, "U1=STATION-2")?;
            let twice = of(units, unit).end.replace(place.into()).is_some();
            once("end", unit, twice)?;
        }
        for text in &self.start {
            let (unit, at) = pair("start", text, "U1=123.43,41.80")?;
            let twice = of(units, unit)
                .start
                .replace(position("start", at)?)
                .is_some();
            once("start", unit, twice)?;
        }
        for text in &self.beats {
            let (unit, beats) = pair("beats", text, "U1=BEAT-3,BEAT-4")?;
            let beats = beats.split(',').map(|beat| beat.trim().to_owned());
            of(units, unit).beats.extend(beats);
        }
        for text in &self.unit_shift {
            let example = "U1@22:00-02:00";
            let parts = text.rsplit_once('@').filter(|(unit, _)| !unit.is_empty());
            let (unit, times) = parts.ok_or_else(|| wrong("unit-shift", text, example))?;
            let window = window_of("unit-shift", text, times, (shift, zone), example)?;
            let twice = of(units, unit).shift.replace(window).is_some();
            once("unit-shift", unit, twice)?;
        }
        for text in &self.breaks {
            let example = "U1@23:00-00:30=30m";
            let wrong = || wrong("break", text, example);
            let (when, how) = text.split_once('=').ok_or_else(wrong)?;
            let (unit, times) = when.rsplit_once('@').ok_or_else(wrong)?;
            let (length, place) = match how.split_once('@') {
                Some((length, place)) => (length, Some(place.to_owned())),
                None => (how, None),
            };
            if unit.is_empty() {
                return Err(wrong());
            }
            of(units, unit).breaks.push(BreakRequest {
                window: window_of("break", text, times, (shift, zone), example)?,
                length: duration("break", length)?,
                place,
            });
        }
        Ok(())
    }
}

fn of<'a>(units: &'a mut Vec<UnitRequest>, name: &str) -> &'a mut UnitRequest {
    let name = name.trim();
    let at = units.iter().position(|u| u.unit == name);
    let at = at.unwrap_or_else(|| {
        units.push(UnitRequest {
            unit: name.to_owned(),
            ..UnitRequest::default()
        });
        units.len() - 1
    });
    &mut units[at]
}

fn pin(text: &str, shift: Window, zone: &TimeZone) -> Result<PinRequest, Failure> {
    let (rest, unit) = match text.split_once('=') {
        Some((rest, unit)) => (rest, Some(unit.trim().to_owned())),
        None => (text, None),
    };
    let (place, window) = match rest.rsplit_once('@') {
        Some((place, times)) => {
            let example = "8a2a1072b59ffff@22:00-23:30=U1";
            let window = window_of("pin", text, times, (shift, zone), example)?;
            (place, Some(window))
        }
        None => (rest, None),
    };
    if place.trim().is_empty() || unit.as_deref() == Some("") {
        return Err(wrong("pin", text, "POST-3=U1"));
    }
    Ok(PinRequest {
        place: place.trim().to_owned(),
        unit,
        window,
    })
}

fn slow(text: &str) -> Result<SpeedWish, Failure> {
    let (hours, factor) = pair("slow", text, "7-9=1.5")?;
    let hours = parse_hours(hours).map_err(|e| Failure::usage(e, "write --slow 7-9=1.5"))?;
    match factor.parse::<f64>() {
        Ok(factor) if (0.1..=20.0).contains(&factor) => Ok(SpeedWish { hours, factor }),
        _ => Err(Failure::usage(
            format!("--slow {text:?}: drives take 0.1 to 20 times as long"),
            "write a number, like --slow 7-9=1.5",
        )),
    }
}

fn forbidden(path: &Path) -> Result<Vec<ForbiddenArea>, Failure> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| Failure::failed(format!("{name}: {e}"), ""))?;
    let table = read_geojson(&bytes).map_err(|e| Failure::failed(format!("{name}: {e}"), ""))?;
    let mut areas = Vec::new();
    for row in 0..table.len() {
        let Some(RawShape::Polygons(polygons)) = table.shape(row) else {
            return Err(Failure::failed(
                format!("{name}, feature {}: it is no polygon", row + 1),
                "draw each area as a polygon",
            ));
        };
        let area = Area::from_rings(polygons)
            .map_err(|e| Failure::failed(format!("{name}, feature {}: {e}", row + 1), ""))?;
        areas.push(ForbiddenArea {
            name: format!("{name} {}", row + 1),
            area,
        });
    }
    Ok(areas)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::measure::Seconds;

    fn night() -> (Window, TimeZone) {
        // 22:00 to 06:00.
        let start = "2026-10-31T14:00:00Z".parse().unwrap();
        let end = "2026-10-31T22:00:00Z".parse().unwrap();
        (
            Window::new(start, end).unwrap(),
            TimeZone::get("Asia/Shanghai").unwrap(),
        )
    }

    fn args() -> WishArgs {
        WishArgs {
            preset: PresetArg::Deter,
            weight: Vec::new(),
            compare: false,
            keep_to: None,
            draw: None,
            pin: Vec::new(),
            not: Vec::new(),
            forbid: Vec::new(),
            every: Vec::new(),
            max_gap: false,
            need: Vec::new(),
            skill: Vec::new(),
            breaks: Vec::new(),
            start: Vec::new(),
            end: Vec::new(),
            unit_shift: Vec::new(),
            beats: Vec::new(),
            within_station: false,
            backup: false,
            slow: Vec::new(),
        }
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|t| (*t).to_owned()).collect()
    }

    #[test]
    fn options_of_one_unit_are_put_together() {
        let (shift, zone) = night();
        let asked = WishArgs {
            skill: texts(&["U1=dog", "U1=drone", "U2=dog"]),
            breaks: texts(&["U1@23:00-00:30=30m@STATION-2"]),
            end: texts(&["U2=STATION-1"]),
            beats: texts(&["U2=B1, B2"]),
            unit_shift: texts(&["U2@22:00-02:00"]),
            ..args()
        };
        let request = asked.request(shift, &zone).unwrap();
        let [one, two] = &request.units[..] else {
            panic!("{:?}", request.units);
        };
        assert_eq!(one.skills, ["dog", "drone"]);
        assert_eq!(one.breaks[0].length, Seconds(1800.0));
        assert_eq!(one.breaks[0].place.as_deref(), Some("STATION-2"));
        let hours = one.breaks[0].window.length().0 / 3600.0;
        assert_eq!(hours, 1.5);
        assert_eq!(two.beats, ["B1", "B2"]);
        assert_eq!(two.end.as_deref(), Some("STATION-1"));
        assert_eq!(two.shift.unwrap().length().0, 4.0 * 3600.0);
    }

    #[test]
    fn what_a_unit_has_one_of_is_given_once_and_forwards() {
        let (shift, zone) = night();
        let start = WishArgs {
            start: texts(&["U1=123.43,41.80"]),
            ..args()
        };
        let start = start.request(shift, &zone).unwrap().units[0].start;
        assert_eq!(start.map(|at| (at.lon(), at.lat())), Some((123.43, 41.80)));
        for wrong in [
            WishArgs {
                end: texts(&["U1=S1", "U1=S2"]),
                ..args()
            },
            WishArgs {
                start: texts(&["U1=1,2", "U1=1,2"]),
                ..args()
            },
            WishArgs {
                start: texts(&["U1=here"]),
                ..args()
            },
            // Not "until the end of the shift".
            WishArgs {
                unit_shift: texts(&["U1@03:00-02:00"]),
                ..args()
            },
            WishArgs {
                unit_shift: texts(&["U1@23:00-23:00"]),
                ..args()
            },
        ] {
            assert_eq!(wrong.request(shift, &zone).unwrap_err().code, 2);
        }
    }

    #[test]
    fn pins_have_places_times_and_units() {
        let (shift, zone) = night();
        let all = pin("POST-3@23:00-01:00=U1", shift, &zone).unwrap();
        assert_eq!(
            (all.place.as_str(), all.unit.as_deref()),
            ("POST-3", Some("U1"))
        );
        assert_eq!(all.window.unwrap().length().0, 7200.0);
        let bare = pin("8a2a1072b59ffff", shift, &zone).unwrap();
        assert_eq!((bare.unit, bare.window), (None, None));
        for text in ["", "=U1", "POST-3=", "POST-3@nine"] {
            assert_eq!(pin(text, shift, &zone).unwrap_err().code, 2, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_how_to_write_it() {
        let (shift, zone) = night();
        let fails = |args: WishArgs| {
            let failure = args.request(shift, &zone).unwrap_err();
            assert_eq!(failure.code, 2);
            assert!(!failure.remedy.is_empty(), "{failure}");
        };
        fails(WishArgs {
            weight: texts(&["respond=2"]),
            ..args()
        });
        fails(WishArgs {
            weight: texts(&["luck=1"]),
            ..args()
        });
        fails(WishArgs {
            every: texts(&["POST-3=soon"]),
            ..args()
        });
        fails(WishArgs {
            every: texts(&["POST-3"]),
            ..args()
        });
        fails(WishArgs {
            breaks: texts(&["U1=30m"]),
            ..args()
        });
        fails(WishArgs {
            slow: texts(&["7-9=0"]),
            ..args()
        });
        fails(WishArgs {
            unit_shift: texts(&["22:00-23:00"]),
            ..args()
        });
    }
}
