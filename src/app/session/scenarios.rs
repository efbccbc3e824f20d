//! Drafts of beats and zones in the workspace, and publishing them.

use std::sync::Arc;

use crate::app::clock;
use crate::app::scenarios::{
    Edit, ScenarioFault, balanced, begun_from, checked, edited, publishable, text,
};
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::Snapshot;
use crate::app::zones::{GivenAreas, ZonesRequest};
use crate::place::partition::check::Checked;
use crate::place::partition::part::Part;
use crate::place::partition::scenario::{
    AreaLayer, AreaVersion, Kept, Scenario, ScenarioLine, VersionLine,
};
use crate::store::versions::Publication;

impl Session {
    /// All drafts, the one saved last first.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn scenarios(&self) -> Result<Vec<ScenarioLine>, SessionError> {
        Ok(self.workspace().scenarios().await?)
    }

    /// A draft.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn scenario(&self, id: &str) -> Result<Scenario, SessionError> {
        let found = self.workspace().scenario(id).await?;
        found.ok_or_else(|| ScenarioFault::Unknown(id.to_owned()).into())
    }

    /// A new draft: of what is in force, or of another draft.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn new_scenario(
        &self,
        name: &str,
        layer: AreaLayer,
        copy_of: Option<&str>,
    ) -> Result<Scenario, SessionError> {
        self.writable()?;
        let (name, at) = (text("name", name)?.to_owned(), clock::now());
        let (layer, base, parts) = match copy_of {
            Some(id) => {
                let other = self.scenario(id).await?;
                (other.line.layer, other.line.base, other.parts)
            }
            None => {
                let now = self.workspace().version_in_force(layer, at).await?;
                if now.parts.is_empty() && layer.covers() {
                    return Err(ScenarioFault::NoAreas(layer.name()).into());
                }
                (
                    layer,
                    now.line.number,
                    off_thread(move || begun_from(&now.parts)).await?,
                )
            }
        };
        let made = self
            .workspace()
            .add_scenario(&name, layer, base, &parts, at);
        let made = made.await?;
        self.refresh().await?;
        Ok(made)
    }

    /// Saves a draft over the version that it is of.
    ///
    /// # Errors
    /// [`SessionError`]; [`ScenarioFault::Stale`] where somebody saved in between.
    pub async fn save_scenario(
        &self,
        of: ScenarioLine,
        parts: &[Part],
    ) -> Result<Scenario, SessionError> {
        self.writable()?;
        text("name", &of.name)?;
        let saved = self.workspace().save_scenario(&of, parts, clock::now());
        let saved = done(saved.await?, &of.id, of.version)?;
        self.refresh().await?;
        Ok(saved)
    }

    /// Takes a draft away.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn delete_scenario(&self, id: &str, version: u64) -> Result<(), SessionError> {
        self.writable()?;
        let gone = self.workspace().delete_scenario(id, version, clock::now());
        done(gone.await?, id, version)?;
        self.refresh().await
    }

    /// What is wrong with areas drawn in a draft.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn check_scenario(
        &self,
        line: &ScenarioLine,
        parts: Vec<Part>,
    ) -> Result<Checked, SessionError> {
        let (layer, base) = (line.layer, self.base_of(line).await?);
        off_thread(move || checked(&parts, &base, layer)).await
    }

    /// Does an edit on areas drawn in a draft; nothing is stored.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn edit_scenario(
        &self,
        line: &ScenarioLine,
        parts: Vec<Part>,
        edit: Edit,
    ) -> Result<(Vec<Part>, Checked), SessionError> {
        let (layer, base) = (line.layer, self.base_of(line).await?);
        let work = move || {
            let after = edited(&parts, layer, &edit)?;
            let checked = checked(&after, &base, layer);
            Ok::<_, ScenarioFault>((after, checked))
        };
        Ok(off_thread(work).await??)
    }

    /// Drafts even areas from those drawn: the outer border and what is locked stay.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn balance_scenario(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        line: &ScenarioLine,
        parts: Vec<Part>,
        mut request: ZonesRequest,
    ) -> Result<(Vec<Part>, Checked), SessionError> {
        let (layer, base) = (line.layer, self.base_of(line).await?);
        let locked = request.locked.clone();
        request.given = Some(GivenAreas::new(parts.clone()));
        let report = self.zones(snapshot, request).await?;
        let work = move || {
            let after = balanced(&parts, &report, &locked)?;
            let checked = checked(&after, &base, layer);
            Ok::<_, ScenarioFault>((after, checked))
        };
        Ok(off_thread(work).await??)
    }

    /// Publishes a draft that was saved as that version, over the version that it began from.
    ///
    /// # Errors
    /// [`SessionError`]; [`ScenarioFault::PublishedMeanwhile`] where somebody published.
    pub async fn publish_scenario(
        &self,
        id: &str,
        version: u64,
        reason: &str,
    ) -> Result<VersionLine, SessionError> {
        self.writable()?;
        let reason = text("reason", reason)?.to_owned();
        let Scenario { line, mut parts } = self.scenario(id).await?;
        parts.sort_by(|a, b| a.id.cmp(&b.id));
        if line.version != version {
            let now = line.version;
            return Err(ScenarioFault::Stale {
                now,
                asked: version,
            }
            .into());
        }
        let base = self.base_of(&line).await?;
        let now = self.workspace().version_in_force(line.layer, clock::now());
        let now = now.await?;
        if now.line.number != line.base {
            return Err(ScenarioFault::PublishedMeanwhile {
                now: now.line.number,
                asked: line.base,
            }
            .into());
        }
        if now.parts == parts {
            return Err(ScenarioFault::NothingNew.into());
        }
        let (layer, drawn) = (line.layer, parts.clone());
        off_thread(move || publishable(&drawn, &base, layer)).await??;
        let published = self
            .publish(&line.name, layer, &parts, line.base, &reason)
            .await?;
        // The draft goes on from what is in force now. Whoever saved it in between keeps
        // their base and is told at their next publishing.
        let moved = ScenarioLine {
            base: published.number,
            ..line
        };
        self.workspace()
            .save_scenario(&moved, &parts, clock::now())
            .await?;
        self.refresh().await?;
        Ok(published)
    }

    /// Publishes an earlier version again, over the one in force.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn publish_again(
        &self,
        layer: AreaLayer,
        number: u64,
        over: u64,
        reason: &str,
    ) -> Result<VersionLine, SessionError> {
        self.writable()?;
        let reason = text("reason", reason)?.to_owned();
        let AreaVersion { line, parts } = self.area_version(layer, number).await?;
        let name = line
            .scenario
            .unwrap_or_else(|| format!("{} {number}", layer.name()));
        let published = self.publish(&name, layer, &parts, over, &reason).await?;
        self.refresh().await?;
        Ok(published)
    }

    /// The published versions, newest first, and whether the newest is in force.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn area_versions(&self, layer: AreaLayer) -> Result<Vec<VersionLine>, SessionError> {
        if self.read_only_because().is_none() {
            // What was imported since becomes a version now, so that it is in the list.
            self.workspace()
                .version_in_force(layer, clock::now())
                .await?;
        }
        Ok(self.workspace().area_versions(layer).await?)
    }

    /// A published version.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn area_version(
        &self,
        layer: AreaLayer,
        number: u64,
    ) -> Result<AreaVersion, SessionError> {
        let found = self.workspace().area_version(layer, number).await?;
        found.ok_or_else(|| ScenarioFault::UnknownVersion(number).into())
    }

    /// Areas as a draft begins with them.
    ///
    /// # Errors
    /// [`SessionError::BrokenOff`].
    pub async fn as_draft(&self, parts: Vec<Part>) -> Result<Vec<Part>, SessionError> {
        off_thread(move || begun_from(&parts)).await
    }

    async fn publish(
        &self,
        scenario: &str,
        layer: AreaLayer,
        parts: &[Part],
        over: u64,
        reason: &str,
    ) -> Result<VersionLine, SessionError> {
        let what = Publication {
            layer,
            parts,
            reason,
            scenario,
        };
        match self.workspace().publish(what, over, clock::now()).await? {
            Kept::Done(line) => Ok(line),
            Kept::Stale(now) => Err(ScenarioFault::PublishedMeanwhile { now, asked: over }.into()),
            Kept::Missing => Err(ScenarioFault::UnknownVersion(over).into()),
        }
    }

    /// The areas of the version that a draft began from.
    async fn base_of(&self, line: &ScenarioLine) -> Result<Vec<Part>, SessionError> {
        Ok(self.area_version(line.layer, line.base).await?.parts)
    }

    fn writable(&self) -> Result<(), ScenarioFault> {
        match self.read_only_because() {
            Some(why) => Err(ScenarioFault::ReadOnly(why)),
            None => Ok(()),
        }
    }
}

fn done<T>(kept: Kept<T>, id: &str, asked: u64) -> Result<T, ScenarioFault> {
    match kept {
        Kept::Done(done) => Ok(done),
        Kept::Stale(now) => Err(ScenarioFault::Stale { now, asked }),
        Kept::Missing => Err(ScenarioFault::Unknown(id.to_owned())),
    }
}

/// Geometry, off the async threads.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SessionError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| SessionError::BrokenOff)
}
