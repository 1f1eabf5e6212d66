//! Questions.

use clap::{Subcommand, ValueHint};

use super::FileArgs;

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
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        args: AskArgs,
    },
    /// List what the definition around a place of a file has to do with others; needs --source.
    Around {
        #[command(flatten)]
        place: PlaceArgs,
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

/// A place of a file.
#[derive(Debug, clap::Args)]
pub(crate) struct PlaceArgs {
    /// The file; the place may follow it, as in shop/orders.py:20:16
    pub(crate) path: String,
    /// The line, from 1
    pub(crate) line: Option<u32>,
    /// The column in bytes of UTF-8, from 0
    #[arg(default_value_t = 0)]
    pub(crate) col: u32,
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
