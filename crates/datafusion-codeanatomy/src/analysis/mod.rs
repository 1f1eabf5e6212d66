//! What is said of queries that are not run: `lineage(sql => …)`.
//!
//! A text is planned and analysed as any query of the session (`query.rs`); its plan becomes rows and values without names of its own (`term.rs`,
//! `build/`); of these is told where values come from.

mod build;
mod called;
mod given;
mod lineage;
mod literal;
mod query;
mod term;

use crate::describe::Listing;

/// All of them.
pub(crate) const ANALYSES: &[Listing] = &[lineage::LINEAGE];
