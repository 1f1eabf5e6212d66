//! What is said of queries that are not run: `lineage(sql => …)`, `plan_fingerprint(sql => …)`, `plan_diff(before => …, after => …)`.
//!
//! A text is planned and analysed as any query of the session (`query.rs`); its plan becomes rows and values without names of its own (`term.rs`,
//! `build/`); of these are told where values come from, a text that is the same for the same meaning (`text/`), and what differs.

mod build;
mod called;
mod given;
mod lineage;
mod literal;
mod parts;
mod plan_diff;
mod plan_fingerprint;
mod query;
mod term;
mod text;

use crate::describe::Listing;

/// All of them.
pub(crate) const ANALYSES: &[Listing] = &[
    lineage::LINEAGE,
    plan_fingerprint::PLAN_FINGERPRINT,
    plan_diff::PLAN_DIFF,
];
