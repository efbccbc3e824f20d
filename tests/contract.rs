//! The workspace: one suite, run on a GeoPackage and on PostGIS. Every layer comes back as
//! it went, both answer alike, others read what we write, a killed writer loses nothing, and
//! a workspace moves from one to the other.

#[path = "contract/differential.rs"]
mod differential;
#[path = "contract/files.rs"]
mod files;
#[path = "contract/handover.rs"]
mod handover;
#[path = "contract/hooks.rs"]
mod hooks;
#[path = "contract/layers.rs"]
mod layers;
#[path = "contract/live.rs"]
mod live;
#[path = "contract/made_up.rs"]
mod made_up;
#[path = "contract/moves.rs"]
mod moves;
#[path = "contract/others.rs"]
mod others;
#[path = "contract/page_plans.rs"]
mod page_plans;
#[path = "contract/partitions.rs"]
mod partitions;
#[path = "contract/place.rs"]
mod place;
#[path = "contract/planning.rs"]
mod planning;
#[path = "contract/positions.rs"]
mod positions;
#[path = "contract/processes.rs"]
mod processes;
#[path = "contract/refusals.rs"]
mod refusals;
#[path = "contract/rows.rs"]
mod rows;
#[path = "contract/server.rs"]
mod server;
#[path = "contract/serving.rs"]
mod serving;
#[path = "contract/updates.rs"]
mod updates;
#[path = "contract/work.rs"]
mod work;
