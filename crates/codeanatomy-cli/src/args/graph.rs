//! Graphs and exports: `build`, `graphs`, `vacuum`, `export`, `digest`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::ValueHint;
use datafusion_cli::print_format::PrintFormat;

use super::{FileArgs, non_empty};

/// `build`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The graph is built as a new version beside the earlier ones and becomes the one that readers see when it is complete. \
Progress goes to stderr, the table of what was written to stdout.

Exit codes: 0 built, 1 not built, 2 wrong usage, 130 interrupted; unless it is 0, readers see the graph from before.

Examples:
  codeanatomy build src --out graph
  codeanatomy build . --out graph --include 'src/**' --exclude '**/generated/**' --threads 4
  codeanatomy build src --out graph --format delta --cache ~/.cache/codeanatomy
  codeanatomy build src --out s3://bucket/graph
  codeanatomy build src --out graph -q --summary json")]
pub(crate) struct BuildArgs {
    /// The source: a folder
    #[arg(value_name = "SOURCE", value_hint = ValueHint::DirPath)]
    pub(crate) source: String,

    /// Where the graph is kept: a folder, or a URL of an object store, whose credentials come from the environment
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Data")]
    pub(crate) out: String,

    #[command(flatten)]
    pub(crate) files: FileArgs,

    /// Keep extracted rows in this folder and take those of unchanged files from it; what is built is the same
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Data")]
    pub(crate) cache: Option<PathBuf>,

    /// Functions that come with the graph: a file of statements CREATE FUNCTION over its tables
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Data")]
    pub(crate) functions: Option<PathBuf>,

    /// How the tables are stored
    #[arg(long, value_enum, default_value_t = GraphFormat::Parquet, help_heading = "Data")]
    pub(crate) format: GraphFormat,

    /// Threads to use, default one per core
    #[arg(long, value_name = "NUMBER", help_heading = "Engine")]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Memory that the queries of the build may use, as in 256m, default no limit; what it knows of the whole source is not counted
    #[arg(short = 'm', long, value_name = "SIZE", value_parser = crate::size::parse, help_heading = "Engine")]
    pub(crate) memory_limit: Option<usize>,

    /// Check the promises that a graph rests on, and keep no graph that breaks a contract
    #[arg(long, help_heading = "Engine")]
    pub(crate) strict: bool,

    /// How the summary is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = PrintFormat::Automatic, help_heading = "Output")]
    pub(crate) summary: PrintFormat,

    /// No progress
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
}

/// How the tables of a graph are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum GraphFormat {
    /// As Parquet files
    Parquet,
    /// As Delta tables, whose data files are the same Parquet files
    Delta,
}

/// `graphs`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
One row per version, from the oldest; the last one is what readers see who ask for none.

Examples:
  codeanatomy graphs graph
  codeanatomy graphs graph --format json")]
pub(crate) struct GraphsArgs {
    /// Where the graph is kept
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: String,

    /// How the list is written
    #[arg(long, value_enum, default_value_t = PrintFormat::Automatic, help_heading = "Output")]
    pub(crate) format: PrintFormat,
}

/// `vacuum`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The newest versions stay, the files of all others go, and so does what builds left that were killed. Who has a forgotten \
version open is told so by the next query. Fails while a build is writing.

Examples:
  codeanatomy vacuum graph --keep 3
  codeanatomy vacuum graph --keep 1 --format json")]
pub(crate) struct VacuumArgs {
    /// Where the graph is kept
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: String,

    /// How many versions stay
    #[arg(long, value_name = "NUMBER", help_heading = "Data")]
    pub(crate) keep: NonZeroUsize,

    /// How the list of what went is written
    #[arg(long, value_enum, default_value_t = PrintFormat::Automatic, help_heading = "Output")]
    pub(crate) format: PrintFormat,
}

/// `export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each dataset becomes a file DIR/NAME.parquet, in its order. How a column is encoded follows from its \
contract, so the files take a fraction of what COPY gives; readers of Parquet 2.11 read them, \
as DuckDB does since 2.0.

Examples:
  codeanatomy export src --out tables
  codeanatomy export . --out tables --dataset ast_nodes --dataset calls --exclude 'tests/**'
  codeanatomy export src --out tables --dataset ast_nodes --columns path,node_id,parent_id,kind,name
  codeanatomy export src --out tables --dataset ast_nodes --cluster kind")]
pub(crate) struct ExportArgs {
    /// The source: a folder
    #[arg(value_name = "SOURCE", value_hint = ValueHint::DirPath)]
    pub(crate) source: String,

    /// Where the files are written
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Data")]
    pub(crate) out: PathBuf,

    /// A dataset to write, default all that need no argument; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Data")]
    pub(crate) dataset: Vec<String>,

    /// Columns to write, with commas between, default all
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Data")]
    pub(crate) columns: Vec<String>,

    /// Put rows of equal values of this column together in each row group: who asks for some reads few pages; files take about a quarter more
    #[arg(long, value_name = "COLUMN", help_heading = "Data")]
    pub(crate) cluster: Option<String>,

    /// How hard zstd tries, from 1 to 22: 19 saves a tenth of the bytes for many times the CPU
    #[arg(long, value_name = "LEVEL", default_value_t = 9, help_heading = "Data")]
    pub(crate) level: i32,

    #[command(flatten)]
    pub(crate) files: FileArgs,

    /// How the summary is written
    #[arg(long, value_enum, default_value_t = PrintFormat::Automatic, help_heading = "Output")]
    pub(crate) format: PrintFormat,
}

/// `digest`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Two relations have the same digest if they have the same rows equally often, in whatever order; names of columns do not \
count, their order does. It is content_digest of all columns: SELECT content_digest(a, b) FROM t gives the same.

A relation is a file or folder that the engine reads (Parquet, CSV, JSON, Arrow), or a table of --source or --graph. \
Without relations and queries, all tables of --source or --graph are taken.

Examples:
  codeanatomy digest old.parquet new.parquet
  codeanatomy digest --graph graph
  codeanatomy digest --graph graph cpg_edges
  codeanatomy digest --source src calls -c \"SELECT path, name FROM definitions\"
  codeanatomy digest a.csv --format json")]
pub(crate) struct DigestArgs {
    /// Files, folders, tables
    #[arg(value_name = "RELATION")]
    pub(crate) relation: Vec<String>,

    /// A query whose rows are taken; may be repeated
    #[arg(short = 'c', long, value_name = "SQL", value_parser = non_empty, help_heading = "Data")]
    pub(crate) command: Vec<String>,

    /// Attach the datasets of this source
    #[arg(long, value_name = "SOURCE", value_hint = ValueHint::DirPath, help_heading = "Data")]
    pub(crate) source: Option<String>,

    /// Attach the tables of the graph in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "source", help_heading = "Data")]
    pub(crate) graph: Option<String>,

    #[command(flatten)]
    pub(crate) files: FileArgs,

    /// How the digests are written
    #[arg(long, value_enum, default_value_t = PrintFormat::Automatic, help_heading = "Output")]
    pub(crate) format: PrintFormat,
}
