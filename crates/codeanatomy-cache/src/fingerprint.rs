//! Which code made the rows.

use codeanatomy_extract::built_in;

/// The version of an entry of the cache: of the sources of the crates that extract and store rows, of the libraries that they are built on, and the
/// languages that are built in. It is taken by the build script, since a version that is written by hand is forgotten one day, and
/// then rows are wrong. So another build often has another fingerprint although its rows are the same: then files are
/// extracted once more.
pub fn fingerprint() -> String {
    let languages = built_in().iter().map(|l| l.name()).collect::<Vec<_>>().join("+");
    format!(
        "{}-{}",
        env!("EXTRACTOR_FINGERPRINT"),
        &blake3::hash(languages.as_bytes()).to_hex()[..8]
    )
}
