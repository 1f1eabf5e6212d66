//! From text to a tree, for a bounded effort.
//!
//! Text that is not of the language may cost tree-sitter far more than its length says. Its steps and the bytes that it
//! allocates are counted, not time, so that the same text gives the same rows everywhere. Of 21,000 files that people wrote,
//! none takes more than 0.06 reports of progress per byte, nor more than 520 bytes allocated per byte (130 if the file is
//! larger than 100 kB). Between two reports nothing can be stopped: with the grammars of C and Java, the end of a text such as
//! `a=>a=>a=>…` takes memory by the square of its length, 1.4 GB for 6 kB.

use std::ops::ControlFlow;

use tree_sitter::{ParseOptions, Parser, Point, Tree};

use super::grammar::Grammar;
use super::memory;

/// The reports of progress that may be made (every hundred steps of the parser, every thousand of a query): so many, and
/// one per so many bytes of the text.
const REPORTS: usize = 20_000;
const BYTES_PER_REPORT: usize = 4;

/// The bytes that may be allocated, in all and not at a time: so many, and so many per byte of the text, up to a limit.
const ALLOCATED: u64 = 128 << 20;
const ALLOCATED_PER_BYTE: u64 = 2048;
const MAX_ALLOCATED: u64 = 2 << 30;

/// A query looks, from each node that it comes to, at the siblings behind it up to the first that is named. That is no step of its own, and in a text such as
/// `((((…` takes the square of its length: so many looks are allowed in all. They are counted in texts of that many bytes.
const LOOKS: u64 = 200_000_000;
const COUNTED_FROM: usize = 16 << 10;

/// Why there is no tree, or not all of what a query finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stopped(pub(super) String);

/// What a parse or query may still take.
#[derive(Debug)]
pub(super) struct Budget {
    reports: usize,
    allocated: u64,
}

impl Budget {
    /// What a text of that length may take, from now on.
    pub(super) fn new(length: usize) -> Self {
        let bytes = ALLOCATED + ALLOCATED_PER_BYTE * length as u64;
        Self {
            reports: REPORTS + length / BYTES_PER_REPORT,
            allocated: memory::allocated() + bytes.min(MAX_ALLOCATED),
        }
    }

    /// What a query may take of the tree of a text of that length: nothing if it would look at too many siblings.
    pub(super) fn of_query(tree: &Tree, length: usize) -> Self {
        let budget = Self::new(length);
        match length >= COUNTED_FROM && looks(tree) > LOOKS {
            true => Self { reports: 0, ..budget },
            false => budget,
        }
    }

    /// Counts a report of progress, and breaks off if there is nothing left.
    pub(super) fn spend(&mut self) -> ControlFlow<()> {
        if self.is_spent() {
            return ControlFlow::Break(());
        }
        self.reports -= 1;
        ControlFlow::Continue(())
    }

    /// Whether there is nothing left.
    pub(super) fn is_spent(&self) -> bool {
        self.reports == 0 || memory::allocated() > self.allocated
    }
}

/// How often a query looks at the siblings behind a node if it comes to all nodes.
fn looks(tree: &Tree) -> u64 {
    let mut cursor = tree.walk();
    // How many siblings without a name come one behind the other, at each depth.
    let mut runs = vec![0_u64];
    let mut looks = 0_u64;
    loop {
        if let Some(run) = runs.last_mut() {
            *run = if cursor.node().is_named() { 0 } else { *run + 1 };
            looks = looks.saturating_add(*run);
        }
        if cursor.goto_first_child() {
            runs.push(0);
            continue;
        }
        while !cursor.goto_next_sibling() {
            runs.pop();
            if !cursor.goto_parent() {
                return looks;
            }
        }
    }
}

/// Parses a text.
pub(super) fn parse(grammar: &Grammar, text: &str) -> Result<Tree, Stopped> {
    let stopped = |reason: String| Stopped(format!("{reason}: no tree was built"));
    // One parser per file: what another file has left behind would count.
    let mut parser = Parser::new();
    parser
        .set_language(&grammar.language)
        .map_err(|error| stopped(error.to_string()))?;
    let mut budget = Budget::new(text.len());
    let mut progress = |_: &tree_sitter::ParseState| budget.spend();
    let options = ParseOptions::new().progress_callback(&mut progress);
    let bytes = text.as_bytes();
    let mut read = |offset: usize, _: Point| bytes.get(offset..).unwrap_or_default();
    parser
        .parse_with_options(&mut read, None, Some(options))
        .ok_or_else(|| stopped("the parser takes more effort than a text of this length may".to_owned()))
}
