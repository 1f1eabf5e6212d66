//! The command line. Options of datafusion-cli keep their spelling and meaning.

mod ask;
mod graph;
mod query;
mod rules;

use clap::{Parser, Subcommand};

pub(crate) use self::ask::{Ask, AskArgs, PlaceArgs, Shown};
pub(crate) use self::graph::{BuildArgs, DigestArgs, ExportArgs, GraphFormat, GraphsArgs, VacuumArgs};
pub(crate) use self::query::QueryArgs;
pub(crate) use self::rules::{Rules, RulesArgs};

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

/// Which files of a source are in.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct FileArgs {
    /// Only files whose path matches; may be repeated
    #[arg(long, value_name = "GLOB", requires = "source", help_heading = "Data")]
    pub(crate) include: Vec<String>,

    /// No files whose path matches; may be repeated
    #[arg(long, value_name = "GLOB", requires = "source", help_heading = "Data")]
    pub(crate) exclude: Vec<String>,

    /// The SCIP index of the source, default the files in it that end with .scip
    #[arg(long, value_name = "FILE", requires = "source", value_hint = clap::ValueHint::FilePath, help_heading = "Data")]
    pub(crate) scip: Option<std::path::PathBuf>,
}

impl FileArgs {
    /// As a source takes them.
    pub(crate) fn options(&self) -> datafusion_codeanatomy::SourceOptions {
        datafusion_codeanatomy::SourceOptions {
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            scip_index: self.scip.clone(),
            ..datafusion_codeanatomy::SourceOptions::default()
        }
    }
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
