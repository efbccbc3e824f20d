//! The questions' arguments, and the questions made of them.

use std::path::PathBuf;

use clap::Args;
use jiff::{civil, tz::TimeZone};

use crate::app::record::BEST;
use crate::app::risk::RiskRequest;
use crate::app::session::DEFAULT_RESOLUTION;
use crate::app::statistics::Question;
use crate::app::statistics::before_after::BeforeAfterQuestion;
use crate::app::statistics::concentration::ConcentrationQuestion;
use crate::app::statistics::fairness::FairnessQuestion;
use crate::app::statistics::hot_spots::HotSpotsQuestion;
use crate::app::statistics::near_repeat::NearRepeatQuestion;
use crate::app::statistics::selection::Selection;
use crate::app::statistics::unusual::UnusualQuestion;
use crate::app::statistics::year_on_year::YearOnYearQuestion;
use crate::calendar::shift::Shift;
use crate::calendar::text::parse_window;
use crate::calendar::window::Window;
use crate::cli::failure::Failure;
use crate::cli::hours::hours;
use crate::cli::statistics::population::read_population;
use crate::place::area_text::parse_area;
use crate::risk::statistics::knox::KnoxQuestion;

/// What a period's text is read by.
pub struct Place {
    /// The district's time zone.
    pub zone: TimeZone,
    /// The workspace's shifts.
    pub shifts: Vec<Shift>,
    /// The day that a shift without a date means.
    pub today: civil::Date,
}

impl Place {
    fn window(&self, text: &str) -> Result<Window, Failure> {
        parse_window(text, &self.shifts, &self.zone, self.today)
            .map_err(|fault| Failure::usage(fault, ""))
    }
}

/// Which incidents, and where the answer goes.
#[derive(Debug, Args)]
pub struct SelectionArgs {
    /// START/END in ISO 8601, like 2026-01-01/2026-07-01 [default: the last 365 days of the data; year-on-year: the last 28].
    #[arg(long, value_name = "START/END")]
    period: Option<String>,
    /// Only this category; may be given again. A first-level code takes its children in.
    #[arg(long, value_name = "CODE")]
    category: Vec<String>,
    /// Hours of every day like 22-6, or hours of the week (0 is Monday 00:00) like 0,1,2.
    #[arg(long)]
    hours: Option<String>,
    /// Only in this beat, by its id; may be given again.
    #[arg(long, value_name = "ID")]
    beat: Vec<String>,
    /// Only inside of WEST,SOUTH,EAST,NORTH in degrees, or of a ring LON,LAT,LON,LAT,…
    #[arg(long, value_name = "NUMBERS", allow_hyphen_values = true)]
    area: Option<String>,
    /// Count what patrols discovered too; patrols find where patrols went.
    #[arg(long)]
    pub include_patrol_discovered: bool,
    /// Why that, for the workspace's log; no person's name.
    #[arg(long, value_name = "TEXT", requires = "include_patrol_discovered")]
    pub reason: Option<String>,
    /// Write the answer to this file: all of it as .json, its table as .csv.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write a picture to this .svg file.
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
}

impl SelectionArgs {
    /// Where the question says by itself what ground it is about.
    fn refuse_ground(&self, remedy: &str) -> Result<(), Failure> {
        match self.beat.is_empty() && self.area.is_none() {
            true => Ok(()),
            false => Err(Failure::usage(
                "--beat and --area are not used here",
                remedy,
            )),
        }
    }

    fn selection(&self, place: &Place) -> Result<Selection, Failure> {
        let period = self.period.as_deref().map(|text| place.window(text));
        let hours = hours(self.hours.as_deref())?;
        let area = self.area.as_deref().map(parse_area);
        Ok(Selection {
            beats: self.beat.clone(),
            area: area
                .transpose()
                .map_err(|fault| Failure::usage(fault, ""))?,
            period: period.transpose()?,
            categories: self.category.clone(),
            hours,
            include_patrol_discovered: self.include_patrol_discovered,
        })
    }
}

/// Where is it dense beyond chance? Getis-Ord Gi*, connected cells, names.
#[derive(Debug, Args)]
pub struct HotSpotsArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// H3 resolution, 7 to 11.
    #[arg(long, default_value_t = DEFAULT_RESOLUTION)]
    resolution: u8,
    /// How often the district is shuffled for the permutation p, up to 99999.
    #[arg(long, default_value_t = 999)]
    permutations: u32,
    /// Start of chance: the same seed, the same answer.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl HotSpotsArgs {
    pub fn question(&self, place: &Place) -> Result<Question, Failure> {
        Ok(Question::HotSpots(HotSpotsQuestion {
            selection: self.selection.selection(place)?,
            resolution: self.resolution,
            permutations: self.permutations,
            seed: self.seed,
        }))
    }
}

/// Does one incident bring another nearby, for a while? The Knox test.
#[derive(Debug, Args)]
pub struct NearRepeatArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Edges of the distance bands, metres.
    #[arg(long, value_delimiter = ',', default_value = "0,100,200,300")]
    metres: Vec<f64>,
    /// Edges of the time bands, days.
    #[arg(long, value_delimiter = ',', default_value = "0,7,14,21")]
    days: Vec<f64>,
    /// How often the times are shuffled, up to 9999.
    #[arg(long, default_value_t = 999)]
    permutations: u32,
    /// Start of chance: the same seed, the same answer.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl NearRepeatArgs {
    pub fn question(&self, place: &Place) -> Result<Question, Failure> {
        Ok(Question::NearRepeat(NearRepeatQuestion {
            selection: self.selection.selection(place)?,
            knox: KnoxQuestion {
                space_m: self.metres.clone(),
                time_days: self.days.clone(),
                permutations: self.permutations,
                seed: self.seed,
            },
        }))
    }
}

/// More or fewer than a year ago? Rate ratios with intervals and e-tests.
#[derive(Debug, Args)]
pub struct YearOnYearArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// The period to compare with [default: the same dates a year earlier].
    #[arg(long, value_name = "START/END")]
    against: Option<String>,
}

impl YearOnYearArgs {
    pub fn question(&self, place: &Place) -> Result<Question, Failure> {
        let against = self.against.as_deref().map(|text| place.window(text));
        Ok(Question::YearOnYear(YearOnYearQuestion {
            selection: self.selection.selection(place)?,
            earlier: against.transpose()?,
        }))
    }
}

/// Did a measure work, or move incidents next door? WDD and WDQ.
#[derive(Debug, Args)]
pub struct BeforeAfterArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// The period before the measure.
    #[arg(long, value_name = "START/END")]
    before: String,
    /// The period after it began.
    #[arg(long, value_name = "START/END")]
    after: String,
    /// A beat or patrol zone where the measure was, by its id; may be given again.
    #[arg(long, value_name = "ID", required = true)]
    treated: Vec<String>,
    /// One where it was not and all else is alike; may be given again.
    #[arg(long, value_name = "ID", required = true)]
    control: Vec<String>,
    /// One next to the treated, where incidents may have moved; may be given again.
    #[arg(long, value_name = "ID")]
    buffer: Vec<String>,
    /// The buffer's own control; may be given again.
    #[arg(long, value_name = "ID")]
    buffer_control: Vec<String>,
}

impl BeforeAfterArgs {
    pub fn question(&self, place: &Place) -> Result<Question, Failure> {
        if self.selection.period.is_some() {
            return Err(Failure::usage(
                "--period is not used here",
                "give --before and --after",
            ));
        }
        self.selection
            .refuse_ground("give --treated and --control")?;
        Ok(Question::BeforeAfter(BeforeAfterQuestion {
            selection: self.selection.selection(place)?,
            before: place.window(&self.before)?,
            after: place.window(&self.after)?,
            treated: self.treated.clone(),
            control: self.control.clone(),
            buffer: self.buffer.clone(),
            buffer_control: self.buffer_control.clone(),
        }))
    }
}

/// Is now unusual? The last days against the weeks before, by beat.
#[derive(Debug, Args)]
pub struct UnusualArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Length of the window that is now, days.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=366))]
    window_days: u32,
}

impl UnusualArgs {
    pub fn question(&self, place: &Place) -> Result<Question, Failure> {
        Ok(Question::Unusual(UnusualQuestion {
            selection: self.selection.selection(place)?,
            window_days: self.window_days,
        }))
    }
}

/// How few places hold how much? The Lorenz curve.
#[derive(Debug, Args)]
pub struct ConcentrationArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// H3 resolution, 7 to 11.
    #[arg(long, default_value_t = DEFAULT_RESOLUTION)]
    resolution: u8,
}

impl ConcentrationArgs {
    pub fn question(&self, place: &Place) -> Result<Question, Failure> {
        Ok(Question::Concentration(ConcentrationQuestion {
            selection: self.selection.selection(place)?,
            resolution: self.resolution,
        }))
    }
}

/// Is a forecast lopsided? By beat, against incidents, ground and people.
#[derive(Debug, Args)]
pub struct FairnessArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// What the forecast is for: a shift, SHIFT@DATE, or START/END.
    #[arg(long, default_value = "night")]
    window: String,
    /// The forecast's model, or best: the one that the record kept speaks for.
    #[arg(long, default_value = BEST)]
    model: String,
    /// H3 resolution, 7 to 11.
    #[arg(long, default_value_t = DEFAULT_RESOLUTION)]
    resolution: u8,
    /// Learn from so many days only; all data otherwise.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    look_back_days: Option<u32>,
    /// A CSV with the columns beat (its id) and people.
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,
}

impl FairnessArgs {
    pub fn question(&self, place: &Place) -> Result<Question, Failure> {
        if self.selection.period.is_some() {
            return Err(Failure::usage(
                "--period is not used here",
                "give --window for the forecast and --look-back-days for its past",
            ));
        }
        self.selection
            .refuse_ground("the answer is by beat anyway")?;
        let selection = self.selection.selection(place)?;
        let population = self.population.as_deref().map(read_population);
        Ok(Question::Fairness(FairnessQuestion {
            forecast: RiskRequest {
                model: self.model.clone(),
                window: place.window(&self.window)?,
                look_back_days: self.look_back_days,
                hours: selection.hours,
                categories: selection.categories,
                resolution: self.resolution,
                bandwidth_m: None,
                half_life_days: None,
                include_patrol_discovered: selection.include_patrol_discovered,
            },
            population: population.transpose()?.unwrap_or_default(),
        }))
    }
}
