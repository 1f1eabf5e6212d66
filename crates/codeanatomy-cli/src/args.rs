//! The command line. Options of datafusion-cli keep their spelling and meaning.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueHint};
use datafusion_cli::object_storage::instrumented::InstrumentedObjectStoreMode;
use datafusion_cli::pool_type::PoolType;
use datafusion_cli::print_format::PrintFormat;
use datafusion_cli::print_options::MaxRows;

const ABOUT: &str = "Source code as tables, relations and a graph, in SQL";

const GROUPS: &str = "\
Input: without -c and -f the program reads statements from stdin, as a REPL on a terminal. -c and -f
run statements and end; files run first. A statement that fails stops the run, with one sentence on
stderr and exit code 1.

Data: --source attaches the datasets of a source folder (files, definitions, calls, …), --graph the
tables of a built graph (cpg_nodes, cpg_edges, …), --at an earlier version of it; both are found by
plain names, as in SELECT * FROM calls. --delta lake=DIR makes the Delta tables in a folder tables of a
schema, as in CREATE TABLE lake.t AS SELECT …, and may be repeated. --include and --exclude take globs of paths under the source and may be repeated; every file
is in unless --include says otherwise. --cache names a folder that serves later runs; SET
codeanatomy.cache_bytes bounds it.

Engine: the size of batches, the memory and disk that queries may use, and what is said when memory
runs out. Sizes are whole numbers with an optional unit, as in 512m or 10g. Settings of the engine
are read from variables such as DATAFUSION_EXECUTION_TARGET_PARTITIONS, and can be SET in SQL.

Output: results go to stdout, with a line on rows and time unless -q is given; errors go to stderr.

Examples:
  codeanatomy build src --out graph                                  build a graph of the Python files under src
  codeanatomy build src --out graph --format delta                   with its tables as Delta tables
  codeanatomy graphs graph                                           the versions of a graph
  codeanatomy vacuum graph --keep 3                                  forget all but the newest three
  codeanatomy export src --out tables                                write the datasets of src as Parquet files
  codeanatomy digest --graph graph                                   digests of a graph's tables, to compare graphs
  codeanatomy who-calls best_rule --graph graph --hops 2             who calls it, directly and through others
  codeanatomy where Product --source src --format json               where it is used, and how
  codeanatomy impact shop --graph graph --format mermaid             what a change may affect, as a diagram
  codeanatomy impact --range HEAD~3..HEAD --source .                 what the last three commits may affect
  codeanatomy diff graph --before-at 3 --graph graph                 what came and went since version 3
  codeanatomy --graph graph -c \"SELECT kind, count(*) FROM cpg_edges GROUP BY kind\"
  codeanatomy --graph graph --at 4 -c \"SELECT count(*) FROM cpg_nodes\"
  codeanatomy -c \"SELECT * FROM delta_scan(uri => 'table', version => 3)\"
  codeanatomy --source src --delta lake=tables -c \"CREATE TABLE lake.calls AS SELECT * FROM calls\"
  codeanatomy --source src --exclude 'tests/**' -c \"SELECT * FROM calls LIMIT 5\"
  codeanatomy -q --format json -c \"SELECT 1 AS one\"
  codeanatomy -f report.sql                                          run a file of statements
  codeanatomy                                                        a REPL";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "codeanatomy", version, about = ABOUT, after_help = GROUPS, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) query: QueryArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What there is beside SQL.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build the graph of a source.
    Build(BuildArgs),
    /// List the versions of a graph.
    Graphs(GraphsArgs),
    /// Forget old versions of a graph, and clear away what killed builds left.
    Vacuum(VacuumArgs),
    /// Write datasets of a source as Parquet files of few bytes.
    Export(ExportArgs),
    /// Print digests of relations, which are the same for the same rows in any order.
    Digest(DigestArgs),
    /// Check, run and explain a pack of rules.
    #[command(subcommand)]
    Rules(Rules),
    #[command(flatten)]
    Ask(Ask),
}

/// What is done with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// Plan all rules of a folder beside those that ship, and say what is wrong with the first that cannot be.
    Check(RulesArgs),
    /// Say of the rules' relations what they give of a source: candidates, winners, losers, coverage.
    Run(RulesArgs),
    /// Say what each rule reads, and how it scores.
    Explain(RulesArgs),
}

/// A pack of rules, and a source.
#[derive(Debug, clap::Args)]
pub(crate) struct RulesArgs {
    /// The folder with the .sql files
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,

    /// The source that rules run over
    #[arg(long, value_name = "SOURCE", value_hint = ValueHint::DirPath, help_heading = "Data")]
    pub(crate) source: Option<String>,

    #[command(flatten)]
    pub(crate) files: FileArgs,

    /// Write the winners of the rules' relations into this file as a test of sqllogictest; it must not be there
    #[arg(long, value_name = "FILE", requires = "source", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) freeze: Option<PathBuf>,
}

/// Questions, each of which is a table function too.
#[derive(Debug, Subcommand)]
pub(crate) enum Ask {
    /// List who calls a function, method or class.
    WhoCalls {
        /// Its dotted name, or the end of one
        name: String,
        /// How many calls may be between
        #[arg(long, default_value_t = 1)]
        hops: u32,
        #[command(flatten)]
        args: AskArgs,
    },
    /// List what a function, method or class calls.
    WhatCalls {
        /// Its dotted name, or the end of one
        name: String,
        /// How many calls may be between
        #[arg(long, default_value_t = 1)]
        hops: u32,
        #[command(flatten)]
        args: AskArgs,
    },
    /// List where a definition, variable or attribute is used, and how.
    Where {
        /// Its dotted name, or the end of one
        name: String,
        #[command(flatten)]
        args: AskArgs,
    },
    /// List the files that import a module.
    Importers {
        /// Its dotted name
        module: String,
        #[command(flatten)]
        args: AskArgs,
    },
    /// List what a change of files, of a definition or between two commits may affect, with the reasons.
    Impact {
        /// A file, a folder, or a glob of files as in 'shop/**/*.py'
        #[arg(required_unless_present_any = ["name", "range"])]
        path: Option<String>,
        /// A definition: its dotted name, or the end of one
        #[arg(long)]
        name: Option<String>,
        /// Two commits as in HEAD~3..HEAD, whose difference is the change
        #[arg(long, value_name = "A..B")]
        range: Option<String>,
        /// The folder of the source in the work tree of their repository, default --source
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, requires = "range")]
        repository: Option<String>,
        /// How many steps are followed
        #[arg(long, default_value_t = 3)]
        hops: u32,
        #[command(flatten)]
        args: AskArgs,
    },
    /// List functions and methods that nothing known uses.
    DeadCode {
        #[command(flatten)]
        args: AskArgs,
    },
    /// List files that import each other in circles.
    Cycles {
        #[command(flatten)]
        args: AskArgs,
    },
    /// List the files where least is known of calls; needs --source.
    HotSpots {
        #[command(flatten)]
        args: AskArgs,
    },
    /// List what stands at a place of a file, from the innermost; needs --source.
    Symbol {
        /// The file; the place may follow it, as in shop/orders.py:20:16
        path: String,
        /// The line, from 1
        line: Option<u32>,
        /// The column in bytes of UTF-8, from 0
        #[arg(default_value_t = 0)]
        col: u32,
        #[command(flatten)]
        args: AskArgs,
    },
    /// List what the definition around a place of a file has to do with others; needs --source.
    Around {
        /// The file; the place may follow it, as in shop/orders.py:20:16
        path: String,
        /// The line, from 1
        line: Option<u32>,
        /// The column in bytes of UTF-8, from 0
        #[arg(default_value_t = 0)]
        col: u32,
        #[command(flatten)]
        args: AskArgs,
    },
    /// List what of a graph is not in another; --graph names the other.
    Diff {
        /// The folder of the graph from before
        #[arg(value_hint = ValueHint::DirPath)]
        before: String,
        /// The version of the graph from before, default the newest
        #[arg(long, value_name = "VERSION")]
        before_at: Option<u64>,
        #[command(flatten)]
        args: AskArgs,
    },
    /// Say why a relation says what it says of an entity; needs --source.
    Explain {
        /// The relation, such as call_targets
        relation: String,
        /// The id of the source or target of a candidate
        id: String,
        #[command(flatten)]
        args: AskArgs,
    },
}

impl Ask {
    /// What is asked, and how the answer is shown.
    pub(crate) fn into_args(self) -> AskArgs {
        match self {
            Self::WhoCalls { args, .. }
            | Self::WhatCalls { args, .. }
            | Self::Where { args, .. }
            | Self::Importers { args, .. }
            | Self::Impact { args, .. }
            | Self::DeadCode { args }
            | Self::Cycles { args }
            | Self::HotSpots { args }
            | Self::Symbol { args, .. }
            | Self::Around { args, .. }
            | Self::Diff { args, .. }
            | Self::Explain { args, .. } => args,
        }
    }
}

/// What is asked, and how the answer is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct AskArgs {
    /// Ask the files of this source
    #[arg(long, value_name = "SOURCE", value_hint = ValueHint::DirPath, help_heading = "Data")]
    pub(crate) source: Option<String>,

    /// Ask the graph in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "source", help_heading = "Data")]
    pub(crate) graph: Option<String>,

    /// The version of the graph, default the newest
    #[arg(long, value_name = "VERSION", requires = "graph", help_heading = "Data")]
    pub(crate) at: Option<u64>,

    #[command(flatten)]
    pub(crate) files: FileArgs,

    /// How the answer is written; dot and mermaid draw those that are edges
    #[arg(long, value_enum, default_value_t = Shown::Table, help_heading = "Output")]
    pub(crate) format: Shown,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shown {
    /// As a table
    Table,
    /// As JSON
    Json,
    /// As CSV
    Csv,
    /// As a graph of Graphviz
    Dot,
    /// As a diagram of Mermaid
    Mermaid,
}

/// Which files of a source are in.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct FileArgs {
    /// Only files whose path matches; may be repeated
    #[arg(long, value_name = "GLOB", requires = "source", help_heading = "Data")]
    pub(crate) include: Vec<String>,

    /// No files whose path matches; may be repeated
    #[arg(long, value_name = "GLOB", requires = "source", help_heading = "Data")]
    pub(crate) exclude: Vec<String>,
}

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
Each dataset becomes a file DIR/NAME.parquet with all its columns, in its order. How a column is encoded follows from its \
contract, so the files take a fraction of what COPY gives; any reader of Parquet reads them.

Examples:
  codeanatomy export src --out tables
  codeanatomy export . --out tables --dataset ast_nodes --dataset calls --exclude 'tests/**'
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

fn non_empty(command: &str) -> Result<String, String> {
    if command.trim().is_empty() {
        Err("the statement is empty".to_owned())
    } else {
        Ok(command.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_are_consistent() {
        Args::command().debug_assert();
    }
}
