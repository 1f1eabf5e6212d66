//! What a version holds and what it was made from.

use datafusion::common::{DataFusionError, Result};
use serde::{Deserialize, Serialize};

/// The manifest of a version: everything that decides its bytes, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this format.
    pub format: u32,
    /// The version of CodeAnatomy.
    pub codeanatomy: String,
    /// The globs of files in scope.
    pub include: Vec<String>,
    /// The globs of files out of scope.
    pub exclude: Vec<String>,
    /// The size above which a file is not parsed, in bytes.
    pub max_file_bytes: u64,
    /// BLAKE3 over the path and content hash of every file, in path order.
    pub source: String,
    /// The number of files.
    pub file_count: u64,
    /// Their size in bytes.
    pub source_bytes: u64,
    /// The rules, in order of their files.
    pub rules: Vec<RuleRecord>,
    /// The functions that come with the graph: statements `CREATE FUNCTION`, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
    /// The tables, in the order in which they are written.
    pub tables: Vec<TableRecord>,
    /// The number of rows of `contract_errors`.
    pub contract_errors: u64,
}

/// A rule file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRecord {
    /// Its name.
    pub file: String,
    /// BLAKE3 of its text.
    pub hash: String,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRecord {
    /// Its SQL name.
    pub name: String,
    /// The number of rows.
    pub rows: u64,
    /// The canonical order.
    pub order: Vec<String>,
    /// Its file.
    pub file: FileRecord,
}

/// A file of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// BLAKE3 of its content.
    pub hash: String,
}

/// The format that is written and read.
pub(crate) const FORMAT: u32 = 2;

impl Manifest {
    /// The manifest as text.
    pub(crate) fn to_json(&self) -> Result<String> {
        let json = serde_json::to_string_pretty(self).map_err(|e| DataFusionError::External(Box::new(e)))?;
        Ok(json + "\n")
    }
}
