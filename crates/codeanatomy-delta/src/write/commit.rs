//! What a commit says of where it came from.

use std::fmt::Write;

use datafusion::catalog::Session;
use datafusion::physical_plan::{ExecutionPlan, displayable};
use deltalake::kernel::transaction::CommitProperties;

/// How often a commit is tried again when another one was faster and they do not conflict.
const RETRIES: usize = 15;

/// The properties of a commit of this session: the version of this program, a fingerprint of the settings that decide what
/// a query gives, and one of the input where there is one.
pub(crate) fn properties(session: &dyn Session, input: Option<&str>) -> CommitProperties {
    let mut metadata = vec![
        ("codeanatomy.version", env!("CARGO_PKG_VERSION").to_string()),
        ("codeanatomy.settings", settings(session)),
    ];
    metadata.extend(input.map(|input| ("codeanatomy.input", input.to_string())));
    let metadata = metadata.into_iter().map(|(key, value)| (key.to_string(), value.into()));
    CommitProperties::default()
        .with_metadata(metadata)
        .with_max_retries(RETRIES)
}

/// A fingerprint of the plan that gives the rows of a write: its operators and expressions, and the files that it reads.
pub(crate) fn fingerprint(input: &dyn ExecutionPlan) -> String {
    hash(&displayable(input).indent(false).to_string())
}

/// A fingerprint of the session's own settings and those of the engine that reach rows.
fn settings(session: &dyn Session) -> String {
    let mut text = String::new();
    for entry in session.config().options().entries() {
        // How much is done at once, and how it looks, reaches no row.
        let reaches_rows = [
            "codeanatomy.",
            "datafusion.sql_parser.",
            "datafusion.execution.time_zone",
        ];
        if reaches_rows.iter().any(|prefix| entry.key.starts_with(prefix)) && !entry.key.contains("cache") {
            // Writing to a text does not fail.
            let _ = writeln!(text, "{}={}", entry.key, entry.value.unwrap_or_default());
        }
    }
    hash(&text)
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_string()
}
