//! One candidate per group, by a total order, as SQL that every DataFusion runs.
//!
//! | group | score | rule | | rank | candidate_count | tied | runner_up_score |
//! |---|---|---|---|---|---|---|---|
//! | call 1 | 100 | binding | wins | 1 | 3 | 2 | 100 |
//! | call 1 | 100 | binding | loses by preference | 2 | 3 | 2 | 80 |
//! | call 1 | 80 | reexport | loses by score | 3 | 3 | 1 | |
//!
//! Candidates of a group are ranked by score (greater first), preference (greater first, none last), the rule's priority
//! and name, target, kind and span: all columns that can differ, so the order is total and the winner does not depend on
//! how rows arrive.
//!
//! [`WinnerSelectExec`] is the operator that runs such SQL, and any other of its shape, without sorting all rows.

mod candidates;
mod exec;
mod fetch;
mod recognise;
mod select;
mod selection;
mod spec;
mod winners;

pub(crate) use candidates::{CONFIDENCE, group_keys, ranking};
pub use candidates::{candidates_sql, explained_sql, losers_sql, winners_sql};
pub use exec::{WinnerMode, WinnerSelectExec};
pub use fetch::FetchWinnersExec;
pub(crate) use fetch::WinnerFetch;
pub(crate) use recognise::{WinnerCombine, WinnerSelect};
pub use selection::{Rows, Winners, WinnersExt};
pub use spec::{Keep, Report, ReportKind, Retention, WinnerSpec};
pub(crate) use winners::WINNERS;
