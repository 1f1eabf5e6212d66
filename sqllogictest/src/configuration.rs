//! The engine settings that a suite runs under.

use std::fmt;

use datafusion::error::Result;
use datafusion::prelude::{SessionConfig, SessionContext};

/// Settings that may change how the engine works and may not change what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Configuration {
    /// `datafusion.execution.target_partitions`.
    pub target_partitions: usize,
    /// `datafusion.execution.batch_size`, rows.
    pub batch_size: usize,
}

/// What plan and metric suites run under, and what `--complete` writes with.
pub const PINNED: Configuration = Configuration {
    target_partitions: 4,
    batch_size: 8192,
};

/// What row suites run under: the serial plan, an odd number of partitions, more partitions than cores; rows one by one and
/// in full batches.
pub const MATRIX: [Configuration; 6] = [
    Configuration {
        target_partitions: 1,
        batch_size: 1,
    },
    Configuration {
        target_partitions: 1,
        batch_size: 8192,
    },
    Configuration {
        target_partitions: 3,
        batch_size: 1,
    },
    Configuration {
        target_partitions: 3,
        batch_size: 8192,
    },
    Configuration {
        target_partitions: 16,
        batch_size: 1,
    },
    Configuration {
        target_partitions: 16,
        batch_size: 8192,
    },
];

impl Configuration {
    /// A new session with everything registered.
    pub(crate) fn session(self) -> Result<SessionContext> {
        let config = SessionConfig::new()
            .with_information_schema(true)
            .with_target_partitions(self.target_partitions)
            .with_batch_size(self.batch_size);
        let ctx = SessionContext::new_with_config(config);
        codeanatomy_delta::register_all(&ctx)?;
        Ok(ctx)
    }
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "partitions={},batch_size={}",
            self.target_partitions, self.batch_size
        )
    }
}
