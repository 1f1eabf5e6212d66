//! What the function of a dataset takes.

use std::sync::LazyLock;

use codeanatomy_model::{Contract, Family};

use super::options::needs_query;
use crate::planner::Parameter;

/// What all of them take.
const COMMON: [Parameter; 7] = [
    Parameter::optional(
        "source",
        "the folder or file to read, or its URL in an object store of the session; of a list of them all are read, and a \
         first column `repo` says from which each row comes",
    ),
    Parameter::optional(
        "include",
        "a glob, or a list of globs, as in a .gitignore: only files that match are read",
    ),
    Parameter::optional(
        "exclude",
        "a glob, or a list of globs, as in a .gitignore: files that match are left out",
    ),
    Parameter::optional(
        "max_file_bytes",
        "a larger file is not parsed and has a row in parse_errors; 16 MiB by default",
    ),
    Parameter::optional(
        "rev",
        "a revision of the git repository around `source`, such as HEAD~3: its files are read instead of those on the disk",
    ),
    Parameter::optional("text", "the text of one file, instead of `source`"),
    Parameter::optional(
        "path",
        "the path of that file, whose end says its language; text.py by default",
    ),
];

static PLAIN: LazyLock<Vec<Parameter>> = LazyLock::new(|| COMMON.to_vec());

static CAPTURES: LazyLock<Vec<Parameter>> = LazyLock::new(|| {
    let own = [
        Parameter::optional("query", "what to find, in tree-sitter's query language"),
        Parameter::optional(
            "language",
            "the language whose files are searched; without it, all whose grammar the query fits",
        ),
    ];
    COMMON.into_iter().chain(own).collect()
});

static SCIP: LazyLock<Vec<Parameter>> = LazyLock::new(|| {
    let own = [
        Parameter::optional(
            "position_encoding",
            "what columns count in documents that do not say so: utf8, utf16 or utf32; without it they have no byte spans",
        ),
        Parameter::optional(
            "root",
            "the folder below the source that the paths of the index are relative to; the source itself by default",
        ),
    ];
    COMMON.into_iter().chain(own).collect()
});

/// The parameters of the function of a dataset, in order.
pub(crate) fn parameters(contract: &Contract) -> &'static [Parameter] {
    match contract.family {
        _ if needs_query(contract) => &CAPTURES,
        Family::Scip => &SCIP,
        // It reads an index beside the source.
        Family::CrossChecks if contract.name == "check_calls" => &SCIP,
        _ => &PLAIN,
    }
}
