//! The tables, as SQL files, and the way from one version of them to the next: one version
//! number for both databases, which have the same tables and columns.
//!
//! A migration that has been released is never edited: a change is a new one, in both.

/// One step from a version of the tables to the next.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The version that the tables have afterwards.
    pub version: i64,
    /// SQL files, run in order.
    pub scripts: &'static [&'static str],
}

/// All steps of a GeoPackage, oldest first.
pub const GPKG: &[Migration] = &[
    Migration {
        version: 1,
        scripts: &[
            include_str!("gpkg/geopackage.sql"),
            include_str!("gpkg/district.sql"),
            include_str!("gpkg/features.sql"),
            include_str!("gpkg/incidents.sql"),
            include_str!("gpkg/roads.sql"),
            include_str!("gpkg/work.sql"),
        ],
    },
    Migration {
        version: 2,
        scripts: &[include_str!("gpkg/quarantine.sql")],
    },
    Migration {
        version: 3,
        scripts: &[include_str!("gpkg/forecast.sql")],
    },
    Migration {
        version: 4,
        scripts: &[include_str!("gpkg/plan_basis.sql")],
    },
    Migration {
        version: 5,
        scripts: &[include_str!("gpkg/live.sql")],
    },
    Migration {
        version: 6,
        scripts: &[include_str!("gpkg/beats.sql")],
    },
    Migration {
        version: 7,
        scripts: &[include_str!("gpkg/links.sql")],
    },
    Migration {
        version: 8,
        scripts: &[include_str!("gpkg/hooks.sql")],
    },
    // Partitions are a server's.
    Migration {
        version: 9,
        scripts: &[],
    },
    // So are triggers that work as somebody else, and comments.
    Migration {
        version: 10,
        scripts: &[],
    },
];

/// All steps of a PostGIS schema, oldest first. There was none before version 3.
pub const POSTGIS: &[Migration] = &[
    Migration {
        version: 3,
        scripts: &[
            include_str!("postgis/district.sql"),
            include_str!("postgis/features.sql"),
            include_str!("postgis/incidents.sql"),
            include_str!("postgis/roads.sql"),
            include_str!("postgis/work.sql"),
            include_str!("postgis/views.sql"),
        ],
    },
    Migration {
        version: 4,
        scripts: &[include_str!("postgis/plan_basis.sql")],
    },
    Migration {
        version: 5,
        scripts: &[include_str!("postgis/live.sql")],
    },
    Migration {
        version: 6,
        scripts: &[include_str!("postgis/beats.sql")],
    },
    Migration {
        version: 7,
        scripts: &[include_str!("postgis/links.sql")],
    },
    Migration {
        version: 8,
        scripts: &[include_str!("postgis/hooks.sql")],
    },
    Migration {
        version: 9,
        scripts: &[
            include_str!("postgis/others.sql"),
            include_str!("postgis/partitions.sql"),
            include_str!("postgis/into_partitions.sql"),
        ],
    },
    Migration {
        version: 10,
        scripts: &[
            include_str!("postgis/triggers_as_owner.sql"),
            include_str!("postgis/incident_checks.sql"),
            include_str!("postgis/column_comments.sql"),
        ],
    },
];

/// The newest version that this program knows.
pub fn newest() -> i64 {
    GPKG.last().map_or(0, |m| m.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_ascend_by_one_and_end_alike() {
        for (steps, first) in [(GPKG, 1), (POSTGIS, 3)] {
            let versions: Vec<i64> = steps.iter().map(|m| m.version).collect();
            let expected: Vec<i64> = (first..=newest()).collect();
            assert_eq!(versions, expected);
        }
    }
}
