//! SQL.

use std::path::PathBuf;

use clap::ValueHint;
use datafusion_cli::object_storage::instrumented::InstrumentedObjectStoreMode;
use datafusion_cli::pool_type::PoolType;
use datafusion_cli::print_format::PrintFormat;
use datafusion_cli::print_options::MaxRows;

use super::{FileArgs, non_empty};

/// SQL from the command line, from files or from a REPL.
#[derive(Debug, clap::Args)]
pub(crate) struct QueryArgs {
    /// Run these statements, then end
    #[arg(short = 'c', long, num_args = 0.., value_name = "SQL", value_parser = non_empty, help_heading = "Input")]
    pub(crate) command: Vec<String>,

    /// Run the statements of these files, then end
    #[arg(short, long, num_args = 0.., value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    pub(crate) file: Vec<PathBuf>,

    /// Run these files at the start of the REPL instead of ~/.datafusionrc
    #[arg(short = 'r', long, num_args = 0.., value_name = "FILE", conflicts_with = "file", help_heading = "Input")]
    pub(crate) rc: Option<Vec<PathBuf>>,

    /// Attach the datasets of this source
    #[arg(long, value_name = "SOURCE", value_hint = ValueHint::DirPath, help_heading = "Data")]
    pub(crate) source: Option<String>,

    /// Attach the tables of the graph in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "source", help_heading = "Data")]
    pub(crate) graph: Option<String>,

    /// The version of the graph, default the newest; 'codeanatomy graphs DIR' lists them
    #[arg(long, value_name = "VERSION", requires = "graph", help_heading = "Data")]
    pub(crate) at: Option<u64>,

    /// Make the Delta tables in this folder tables of the schema NAME, where CREATE TABLE makes more of them
    #[arg(long, value_name = "NAME=DIR", value_parser = named, help_heading = "Data")]
    pub(crate) delta: Vec<(String, String)>,

    #[command(flatten)]
    pub(crate) files: FileArgs,

    /// Keep what is extracted from files in this folder, so that files which were not changed are not parsed again; it is
    /// made if need be
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Data")]
    pub(crate) cache: Option<String>,

    /// The folder that paths in SQL start from, default the current one
    #[arg(short = 'p', long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Data")]
    pub(crate) data_path: Option<PathBuf>,

    /// Rows of a batch, default as the engine has it
    #[arg(short = 'b', long, value_name = "ROWS", value_parser = positive, help_heading = "Engine")]
    pub(crate) batch_size: Option<usize>,

    /// Memory that queries may use, as in 10g, default no limit
    #[arg(short = 'm', long, value_name = "SIZE", value_parser = crate::size::parse, help_heading = "Engine")]
    pub(crate) memory_limit: Option<usize>,

    /// How queries share the memory: greedy or fair
    #[arg(long, value_name = "POOL", default_value_t = PoolType::Greedy, help_heading = "Engine")]
    pub(crate) mem_pool_type: PoolType,

    /// How many of the largest users of memory are named when it runs out; 0 does not track them
    #[arg(long, value_name = "NUMBER", default_value = "3", help_heading = "Engine")]
    pub(crate) top_memory_consumers: usize,

    /// Disk that queries may spill to, as in 10g, default 100g
    #[arg(short = 'd', long, value_name = "SIZE", value_parser = crate::size::parse, help_heading = "Engine")]
    pub(crate) disk_limit: Option<usize>,

    /// What is said about requests to object stores: disabled, summary or trace
    #[arg(long, value_name = "MODE", default_value_t = InstrumentedObjectStoreMode::Disabled, help_heading = "Engine")]
    pub(crate) object_store_profiling: InstrumentedObjectStoreMode,

    /// How results are written
    #[arg(long, value_enum, default_value_t = PrintFormat::Automatic, help_heading = "Output")]
    pub(crate) format: PrintFormat,

    /// Write the results and nothing else
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,

    /// Most rows that the table format shows; inf for all
    #[arg(long, value_name = "ROWS", default_value = "40", help_heading = "Output")]
    pub(crate) maxrows: MaxRows,

    /// Highlight SQL in the REPL
    #[arg(long, help_heading = "Output")]
    pub(crate) color: bool,
}

/// A name and a place.
fn named(text: &str) -> Result<(String, String), String> {
    let named = text
        .split_once('=')
        .filter(|(name, place)| !name.is_empty() && !place.is_empty());
    let (name, place) = named.ok_or_else(|| format!("'{text}' is no name and place, as in lake=tables"))?;
    Ok((name.to_string(), place.to_string()))
}

fn positive(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| format!("'{text}' is not a whole number above 0"))
}
