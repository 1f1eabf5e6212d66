//! What is said of queries that are not run: `lineage(sql => …)`, `plan_fingerprint(sql => …)`.
//!
//! A text is planned and analysed as any query of the session (`query.rs`); its plan becomes rows and values without names of its own (`term.rs`,
//! `build/`); of these are told where values come from, and a text that is the same for the same meaning (`text/`).

mod build;
mod called;
mod given;
mod lineage;
mod literal;
mod plan_fingerprint;
mod query;
mod term;
mod text;

use crate::describe::Listing;

/// All of them.
pub(crate) const ANALYSES: &[Listing] = &[lineage::LINEAGE, plan_fingerprint::PLAN_FINGERPRINT];
