//! Queries of users, checked before anything is read.

use std::sync::Arc;

use codeanatomy_model::{Language, Languages};
use tree_sitter::{Query, QueryErrorKind};

use super::grammar::Grammar;

/// Why a query cannot run: where it is wrong, for which language, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The grammar does not take it.
    #[error("the query is wrong for {language} at line {line}, column {column}: {reason}{advice}")]
    Wrong {
        /// The language.
        language: &'static str,
        /// The line in the query, from 1.
        line: usize,
        /// The column in that line in characters, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
        /// What else to know, if there is something.
        advice: &'static str,
    },
    /// The language has no grammar here.
    #[error("no grammar of {language} is built in; there are those of {known}")]
    NoGrammar {
        /// The language.
        language: &'static str,
        /// The languages that have one.
        known: String,
    },
}

/// A query in tree-sitter's query language, for the dataset `ts_captures`.
#[derive(Debug, Clone)]
pub struct CaptureQuery {
    text: Arc<str>,
    queries: Arc<Vec<(Language, Query)>>,
}

impl CaptureQuery {
    /// Reads a query. With a language, it runs on the files of that language and must fit its grammar. Without one, it
    /// runs on the files of every language whose grammar it fits; if it fits none, the error is that of the language for
    /// which most of it is right.
    pub fn new(text: &str, language: Option<Language>) -> Result<Self, QueryError> {
        if let Some(language) = language {
            let grammar = Grammar::of(language).ok_or_else(|| no_grammar(language))?;
            let query = compile(language, grammar, text).map_err(|wrong| wrong.into_error(text, ""))?;
            return Ok(Self::of_queries(text, vec![(language, query)]));
        }
        let mut queries = Vec::new();
        let mut furthest: Option<Wrong> = None;
        for (language, grammar) in built_in() {
            match compile(language, grammar, text) {
                Ok(query) => queries.push((language, query)),
                Err(wrong) if furthest.as_ref().is_none_or(|f| wrong.offset > f.offset) => furthest = Some(wrong),
                Err(_) => {}
            }
        }
        match furthest {
            Some(wrong) if queries.is_empty() => Err(wrong.into_error(
                text,
                "; it is wrong for every other language, too: name the one that it is for",
            )),
            _ => Ok(Self::of_queries(text, queries)),
        }
    }

    fn of_queries(text: &str, queries: Vec<(Language, Query)>) -> Self {
        Self {
            text: text.into(),
            queries: Arc::new(queries),
        }
    }

    /// The query as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The languages whose files it runs on.
    pub fn languages(&self) -> Languages {
        self.queries
            .iter()
            .fold(Languages::NONE, |set, (language, _)| set.with(*language))
    }

    /// The query for the files of a language.
    pub(super) fn of(&self, language: Language) -> Option<&Query> {
        self.queries
            .iter()
            .find(|(l, _)| *l == language)
            .map(|(_, query)| query)
    }
}

fn built_in() -> impl Iterator<Item = (Language, &'static Grammar)> {
    Language::ALL.into_iter().filter_map(|l| Some((l, Grammar::of(l)?)))
}

fn no_grammar(language: Language) -> QueryError {
    QueryError::NoGrammar {
        language: language.name(),
        known: built_in().map(|(l, _)| l.name()).collect::<Vec<_>>().join(", "),
    }
}

/// What is wrong with a query for a language.
struct Wrong {
    language: Language,
    /// The place in the query, in bytes.
    offset: usize,
    reason: String,
}

impl Wrong {
    fn into_error(self, query: &str, advice: &'static str) -> QueryError {
        let before = query.get(..self.offset).unwrap_or(query);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        QueryError::Wrong {
            language: self.language.name(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            reason: self.reason,
            advice,
        }
    }
}

fn compile(language: Language, grammar: &Grammar, text: &str) -> Result<Query, Wrong> {
    let wrong = |offset, reason| Wrong {
        language,
        offset,
        reason,
    };
    let query = Query::new(&grammar.language, text).map_err(|error| {
        let name = &error.message;
        let reason = match error.kind {
            QueryErrorKind::NodeType => format!("the grammar has no node {name}"),
            QueryErrorKind::Field => format!("the grammar has no field {name}"),
            QueryErrorKind::Capture => format!("the pattern has no capture {name}"),
            QueryErrorKind::Structure => "no tree of the grammar has this structure".to_owned(),
            QueryErrorKind::Syntax => unexpected(text, error.offset),
            QueryErrorKind::Predicate | QueryErrorKind::Language => name.clone(),
        };
        // That of a predicate is known by its row alone.
        let offset = match error.kind {
            QueryErrorKind::Predicate => text.split_inclusive('\n').take(error.row).map(str::len).sum(),
            _ => error.offset,
        };
        wrong(offset, reason)
    })?;
    if query.pattern_count() == 0 {
        return Err(wrong(0, "there is no pattern in it".to_owned()));
    }
    for pattern in 0..query.pattern_count() {
        let unknown = query.general_predicates(pattern).iter().map(|p| &*p.operator);
        let property = query.property_predicates(pattern).first();
        let property = property.map(|(_, is_positive)| if *is_positive { "is?" } else { "is-not?" });
        if let Some(name) = unknown.filter(|name| name.ends_with('?')).chain(property).next() {
            return Err(wrong(
                query.start_byte_for_pattern(pattern),
                format!(
                    "the predicate #{name} is unknown; known are #eq?, #match?, #any-of?, these with `not-` before, and \
                     #any-eq?, #any-match?, #any-not-eq?, #any-not-match?"
                ),
            ));
        }
    }
    Ok(query)
}

fn unexpected(text: &str, offset: usize) -> String {
    match text.get(offset..).and_then(|rest| rest.chars().next()) {
        Some(c) => format!("{c:?} is unexpected"),
        None => "the query ends too early".to_owned(),
    }
}
