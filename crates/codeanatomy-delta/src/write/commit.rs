//! What a commit says of where it came from.

use datafusion::catalog::Session;
use deltalake::kernel::transaction::CommitProperties;

use super::fingerprint;

/// How often a commit is tried again when another one was faster and they do not conflict.
const RETRIES: usize = 15;

/// What a write came from, as far as it is known: fingerprints of the statement, which is the rule that made the rows, and of
/// what it read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin<'a> {
    pub(crate) rule: Option<&'a str>,
    pub(crate) input: Option<&'a str>,
}

/// The properties of a commit of this session: the version of this program, a fingerprint of the settings that decide what
/// a query gives, and what is known of its origin.
pub(crate) fn properties(session: &dyn Session, origin: Origin<'_>) -> CommitProperties {
    let said = [
        ("codeanatomy.version", Some(env!("CARGO_PKG_VERSION").to_string())),
        ("codeanatomy.settings", Some(fingerprint::of_settings(session))),
        ("codeanatomy.rule", origin.rule.map(str::to_string)),
        ("codeanatomy.input", origin.input.map(str::to_string)),
    ];
    let metadata = said
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_string(), value?.into())));
    CommitProperties::default()
        .with_metadata(metadata)
        .with_max_retries(RETRIES)
}
