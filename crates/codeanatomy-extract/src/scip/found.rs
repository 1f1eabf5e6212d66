//! What is wrong with an index or a document.

use scip::types::PositionEncoding;

use super::document::Document;
use super::part::{Described, Places};
use super::range::Reason;
use super::symbols::Refused;
use super::text::{Text, is_below_root};

/// The reasons that are of the document, which says so once.
const OF_DOCUMENT: [Reason; 2] = ["no_encoding", "no_text"];

/// What we found wrong.
#[derive(Debug)]
pub(super) struct Found {
    /// As in the column.
    pub(super) source: &'static str,
    pub(super) severity: &'static str,
    pub(super) message: String,
    /// The first occurrence that is concerned, by its position among those that could be read.
    pub(super) occurrence: Option<usize>,
}

impl Found {
    fn new(source: &'static str, severity: &'static str, message: String) -> Self {
        Self {
            source,
            severity,
            message,
            occurrence: None,
        }
    }

    /// What is wrong with an index as a whole, and with its external symbols.
    pub(super) fn of_index(problems: &[String], broken: u32, count: u32, refused: &Refused) -> Vec<Self> {
        let problem = |problem: &String| Self::new("index", "Error", problem.clone());
        let mut found: Vec<Self> = problems.iter().map(problem).collect();
        found.extend(unreadable("external symbols", broken, count));
        found.extend(Self::refused(refused));
        found
    }

    /// What is wrong with a document.
    pub(super) fn of_document(
        described: &Described<'_>,
        document: &Document,
        text: Option<&Text>,
        places: &[Places],
    ) -> Vec<Self> {
        let mut found = Vec::new();
        if let Some(kind) = described.read_error {
            let message = format!("the document cannot be read from the index: {kind}");
            found.push(Self::new("document", "Error", message));
        }
        if !document.is_whole {
            let message = "the document is cut off or broken: what is behind is not read".to_owned();
            found.push(Self::new("document", "Error", message));
        }
        if document.broken_fields > 0 {
            let message = format!("{} fields of the document cannot be read", document.broken_fields);
            found.push(Self::new("document", "Error", message));
        }
        found.extend(unreadable(
            "occurrences",
            document.occurrences.broken,
            document.occurrences.count,
        ));
        found.extend(unreadable("symbols", document.symbols.broken, document.symbols.count));
        found.extend(Self::path(described));
        found.extend(Self::encoding(described, document));
        if let Some(none) = text.and_then(|text| text.text.as_ref().err()) {
            found.push(Self::new("text", "Warning", none.message.clone()));
        }
        found.extend(Self::ranges(places));
        let mut refused = Refused::default();
        refused.add(&document.symbols.read);
        found.extend(Self::refused(&refused));
        found
    }

    fn path(described: &Described<'_>) -> Option<Self> {
        let message = match described.relative_path {
            None | Some("") => "the document does not name the file that it describes".to_owned(),
            Some(path) if is_below_root(path) => return None,
            Some(path) => format!("the path {path:?} is not one below the root, in its shortest form"),
        };
        Some(Self::new("path", "Error", message))
    }

    fn encoding(described: &Described<'_>, document: &Document) -> Option<Self> {
        let unspecified = PositionEncoding::UnspecifiedPositionEncoding as i32;
        let (severity, message) = match (described.encoding.unit, described.encoding.source) {
            (_, "declared") => return None,
            (Some(unit), _) => (
                "Information",
                format!(
                    "the document does not declare what its columns count: {} is assumed, as the option \
                     position_encoding says",
                    unit.name()
                ),
            ),
            (None, _) if document.encoding == unspecified && !document.is_whole => (
                "Warning",
                "what the columns of the document count is not in what could be read of it, so there are no byte spans"
                    .to_owned(),
            ),
            (None, _) if document.encoding == unspecified => (
                "Warning",
                "the document does not declare what its columns count, so there are no byte spans: the option \
                 position_encoding (utf8, utf16 or utf32) says it"
                    .to_owned(),
            ),
            (None, _) => (
                "Warning",
                format!(
                    "the document declares the unknown position encoding {}, so there are no byte spans",
                    document.encoding
                ),
            ),
        };
        Some(Self::new("encoding", severity, message))
    }

    /// One for each reason why occurrences, or what encloses them, have no place in the text.
    fn ranges(places: &[Places]) -> Vec<Self> {
        let mut counts: Vec<(&str, Reason, usize, u32)> = Vec::new();
        for (i, places) in places.iter().enumerate() {
            for (what, place) in [("occurrences", places.own), ("enclosing ranges", places.around)] {
                let Err(reason) = place.span else { continue };
                if OF_DOCUMENT.contains(&reason) || (what, reason) == ("enclosing ranges", "no_range") {
                    continue;
                }
                match counts.iter_mut().find(|(w, r, ..)| (*w, *r) == (what, reason)) {
                    Some((.., count)) => *count += 1,
                    None => counts.push((what, reason, i, 1)),
                }
            }
        }
        let found = |(what, reason, first, count): (&str, Reason, usize, u32)| Self {
            occurrence: Some(first),
            ..Self::new(
                "range",
                "Warning",
                format!("{count} {what} have no byte span: {reason}"),
            )
        };
        counts.into_iter().map(found).collect()
    }

    fn refused(refused: &Refused) -> Option<Self> {
        let first = refused.first.as_deref()?;
        let count = refused.count;
        let message =
            format!("{count} symbols are not written by the grammar of the protocol, the first of them {first:?}");
        Some(Self::new("symbol", "Information", message))
    }
}

fn unreadable(what: &str, broken: u32, count: u32) -> Option<Found> {
    let message = format!("{broken} of {count} {what} cannot be read");
    (broken > 0).then(|| Found::new("document", "Error", message))
}
