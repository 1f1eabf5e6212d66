//! Rules that propose how rows relate, and the relations that come of them.
//!
//! A rule is one `.sql` file: a header of `-- key: value` lines and a query over datasets, views and relations that gives
//! *candidates*. See [`Rule`] for the header and the columns. Rules of the same relation are put together and, where
//! candidates exclude each other, one per group wins (see [`crate::winner`]). A relation `r` is three tables: `r` (the
//! winners), `r_candidates` (all, ranked) and `r_losers`; in a session there are also `r_ambiguity`, `r_coverage` and `r_unresolved`
//! (see [`create_answers`]).

mod contract;
mod order;
mod pack;
mod rule;
mod views;

pub use contract::{Alignment, RuleContract, create_alignment};
pub(crate) use pack::builtin_names;
pub use pack::{RuleFile, pack};
pub use rule::{Candidates, Choice, Endpoints, Feature, Output, Rule, Severity};
pub(crate) use views::stored;
pub use views::{Relation, create_answers, create_relations};
