//! The record of a run: the one place where clocks are read.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use datafusion::common::{DataFusionError, Result};
use serde::Serialize;

use super::cost::Costs;
use crate::store::{Place, write_run};

/// When a build ran, from where, how long its stages took, and what each relation cost. It is kept beside the versions and is no part of them.
#[derive(Debug)]
pub struct RunRecord {
    source: PathBuf,
    started: SystemTime,
    last: Instant,
    stages: Vec<(&'static str, Duration)>,
    /// What each relation cost.
    pub(super) costs: Costs,
}

#[derive(Serialize)]
struct Json<'a> {
    source: String,
    version: &'a str,
    started_unix_ms: u128,
    stages: Vec<Stage>,
    relations: &'a Costs,
}

#[derive(Serialize)]
struct Stage {
    name: &'static str,
    milliseconds: u128,
}

impl RunRecord {
    pub(super) fn start(source: &Path) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the run record says when the run was")]
        let started = SystemTime::now();
        Self {
            source: source.to_path_buf(),
            started,
            last: Instant::now(),
            stages: vec![],
            costs: Costs::default(),
        }
    }

    /// Ends a stage.
    pub(super) fn lap(&mut self, name: &'static str) {
        self.stages.push((name, self.last.elapsed()));
        self.last = Instant::now();
    }

    pub(super) async fn write(&self, place: &Place, folder: &str) -> Result<()> {
        let started_unix_ms = self
            .started
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis();
        let version = folder.rsplit(['/', '\\']).next().unwrap_or_default();
        let stages = self
            .stages
            .iter()
            .map(|(name, d)| Stage {
                name,
                milliseconds: d.as_millis(),
            })
            .collect();
        let json = Json {
            source: self.source.display().to_string(),
            version,
            started_unix_ms,
            stages,
            relations: &self.costs,
        };
        let text = serde_json::to_string_pretty(&json).map_err(|e| DataFusionError::External(Box::new(e)))?;
        write_run(place, &format!("{started_unix_ms}-{version}.json"), text).await
    }
}
