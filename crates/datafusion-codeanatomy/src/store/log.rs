//! The log of a store: the one file that says which versions there are.

use std::collections::BTreeMap;

use datafusion::common::{Result, exec_err, plan_datafusion_err, plan_err};
use serde::{Deserialize, Serialize};

use super::Place;
use super::place::{Replaced, Seen};

/// The file, which is replaced in one step.
pub(super) const CURRENT: &str = "CURRENT";
const LOG_FORMAT: u32 = 2;

/// How the tables of a version are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stored {
    /// As Parquet files in the version's folder.
    Parquet,
    /// As versions of Delta tables beside it.
    Delta,
}

impl Stored {
    /// `parquet` or `delta`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Delta => "delta",
        }
    }
}

/// A version of a graph, as the log names it. What it names never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its number. Numbers grow and are not used twice.
    pub version: u64,
    /// Its folder below `versions/`.
    pub folder: String,
    /// How its tables are stored.
    pub stored: Stored,
    /// The version of every table, where tables have versions of their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, u64>,
}

/// All versions, from the oldest. The last one is current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Log {
    format: u32,
    /// How often the log was replaced. No two attempts to replace one log write into one folder.
    serial: u64,
    pub(super) versions: Vec<LogEntry>,
}

/// A log with what tells whether it was replaced since it was read.
#[derive(Debug)]
pub(super) struct ReadLog {
    pub(super) log: Log,
    seen: Seen,
}

impl Log {
    fn empty() -> Self {
        Self {
            format: LOG_FORMAT,
            serial: 0,
            versions: vec![],
        }
    }

    /// The version that is current.
    pub(super) fn current(&self) -> Option<&LogEntry> {
        self.versions.last()
    }

    /// The folder of a version that is built on this log.
    pub(super) fn next_folder(&self, hash: &str) -> String {
        format!("{}-{hash}", self.serial)
    }

    pub(super) fn next_version(&self) -> u64 {
        self.current().map_or(0, |last| last.version + 1)
    }

    /// Those of `place`; empty if nothing was built there.
    pub(super) async fn read(place: &Place) -> Result<ReadLog> {
        let Some((content, seen)) = place.read_seen(CURRENT).await? else {
            let (log, seen) = (Self::empty(), Seen::Nothing);
            return Ok(ReadLog { log, seen });
        };
        let damaged = |what: &dyn std::fmt::Display| {
            plan_datafusion_err!(
                "the graph in '{}' is damaged: {CURRENT} {what}; build it into another place",
                place.shown()
            )
        };
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let format: Format = match serde_json::from_slice(&content) {
            Ok(format) => format,
            Err(_) if is_first_format(&content) => Format { format: 1 },
            Err(e) => return Err(damaged(&format!("does not parse ({e})"))),
        };
        if format.format != LOG_FORMAT {
            return plan_err!(
                "the graph in '{}' was built with format {}, this program reads format {LOG_FORMAT}; build it into another \
                 place",
                place.shown(),
                format.format
            );
        }
        let log: Self = serde_json::from_slice(&content).map_err(|e| damaged(&format!("does not parse ({e})")))?;
        let is_name = |name: &str| !name.is_empty() && !name.contains(['/', '\\', '.']);
        if let Some(wrong) = log.versions.iter().find(|v| !is_name(&v.folder)) {
            return Err(damaged(&format!("names no folder for version {}", wrong.version)));
        }
        if !log.versions.is_sorted_by(|a, b| a.version < b.version) {
            return Err(damaged(&"names versions out of order"));
        }
        Ok(ReadLog { log, seen })
    }
}

/// The first format was the name of a folder on a line.
fn is_first_format(content: &[u8]) -> bool {
    content.len() == 17 && content.trim_ascii().iter().all(u8::is_ascii_hexdigit)
}

impl ReadLog {
    /// Makes `versions` the versions of `place`, if the log still is what was read.
    pub(super) async fn replace(&self, place: &Place, versions: Vec<LogEntry>) -> Result<()> {
        let log = Log {
            format: LOG_FORMAT,
            serial: self.log.serial + 1,
            versions,
        };
        let json = serde_json::to_string_pretty(&log).map_err(|e| plan_datafusion_err!("{e}"))? + "\n";
        match place.replace(CURRENT, json.into_bytes(), &self.seen).await? {
            Replaced::Yes => Ok(()),
            Replaced::Conflict => exec_err!(
                "another build or vacuum of '{}' ended meanwhile, and its graph stands; build again",
                place.shown()
            ),
        }
    }
}
