//! How the program ends when something went wrong: one sentence on stderr and an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;

/// Why the program ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A sentence for the user.
    Message(String),
    /// The reader of stdout has had enough, as `head` has: not an error.
    NobodyReads,
    /// Ctrl-C.
    Interrupted(&'static str),
}

/// How the text of an I/O error ends when the pipe has no reader.
const EPIPE: &str = "(os error 32)";

/// What shells give for a program that SIGINT ended.
const INTERRUPTED: u8 = 130;

impl Failure {
    /// Says it and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (message, code) = match self {
            Self::Message(message) => (format!("error: {message}"), ExitCode::FAILURE),
            Self::Interrupted(message) => ((*message).to_owned(), ExitCode::from(INTERRUPTED)),
            Self::NobodyReads => return ExitCode::SUCCESS,
        };
        // Where stderr is gone there is no one left to tell.
        let _ = writeln!(io::stderr(), "{message}");
        code
    }

    /// With the place, before the sentence.
    pub(crate) fn at(self, place: &str) -> Self {
        match self {
            Self::Message(message) => Self::Message(format!("{place}: {message}")),
            other => other,
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Message(one_line(&message))
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::from(message.to_owned())
    }
}

impl From<ArrowError> for Failure {
    fn from(error: ArrowError) -> Self {
        Self::from(DataFusionError::from(error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::NobodyReads
        } else {
            Self::from(error.to_string())
        }
    }
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Self {
        if is_broken_pipe(&error) {
            Self::NobodyReads
        } else {
            Self::from(sentence(&error))
        }
    }
}

/// The engine's message without debug formatting and without a backtrace.
fn sentence(error: &DataFusionError) -> String {
    match error {
        DataFusionError::SQL(error, _) => match error.as_ref() {
            ParserError::TokenizerError(message) | ParserError::ParserError(message) => format!("SQL error: {message}"),
            ParserError::RecursionLimitExceeded => "SQL error: the statement is nested too deeply".to_owned(),
        },
        DataFusionError::Context(context, cause) => format!("{context}: {}", sentence(cause)),
        DataFusionError::Diagnostic(_, cause) => sentence(cause),
        DataFusionError::Shared(cause) => sentence(cause),
        DataFusionError::Collection(errors) => errors.iter().map(sentence).collect::<Vec<_>>().join("; "),
        DataFusionError::External(cause) => match cause.downcast_ref::<DataFusionError>() {
            Some(cause) => sentence(cause),
            None => cause.to_string(),
        },
        other => other.strip_backtrace(),
    }
}

/// Messages of many lines, such as lists of candidate functions, on one.
fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// Only errors of the writers to stdout: a connection that breaks under a table is an error. Some writers keep the I/O error,
/// others only its text.
fn is_broken_pipe(error: &DataFusionError) -> bool {
    let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    match error {
        DataFusionError::IoError(error) => broken(error),
        DataFusionError::ArrowError(error, _) => match error.as_ref() {
            ArrowError::IoError(_, error) => broken(error),
            ArrowError::CsvError(message) | ArrowError::JsonError(message) => message.contains(EPIPE),
            _ => false,
        },
        _ => false,
    }
}

/// `println!` panics when stdout is closed, also inside datafusion-cli; that is the reader's wish and no bug.
pub(crate) fn end_quietly_when_nobody_reads() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload_as_str().unwrap_or_default();
        if message.starts_with("failed printing to stdout") && message.contains(EPIPE) {
            std::process::exit(0);
        }
        others(panic);
    }));
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::SessionContext;

    use super::*;

    #[tokio::test]
    async fn messages_are_one_line_without_debug_formatting() {
        let ctx = SessionContext::new();
        for sql in [
            "SELEC 1",
            "SELECT nothing",
            "SELECT concat_ws()",
            "SELECT CAST('x' AS INT)",
        ] {
            let error = async { ctx.sql(sql).await?.collect().await }.await.unwrap_err();
            let Failure::Message(message) = Failure::from(error) else {
                panic!("{sql} gives a message")
            };
            assert!(
                !message.contains('\n') && !message.contains("ParserError("),
                "{message}"
            );
        }
    }

    #[test]
    fn a_closed_stdout_is_no_error_and_a_closed_connection_is_one() {
        let pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
        let arrow = DataFusionError::from(ArrowError::IoError("writing".to_owned(), pipe()));
        for error in [DataFusionError::IoError(pipe()), arrow] {
            assert!(matches!(Failure::from(error), Failure::NobodyReads));
        }
        let store = DataFusionError::External(Box::new(pipe()));
        assert!(matches!(Failure::from(store), Failure::Message(_)));
    }
}
