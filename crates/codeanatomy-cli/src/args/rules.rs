//! `rules`.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

use super::FileArgs;

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
