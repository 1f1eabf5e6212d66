//! Joins on equal keys and one or two inequalities between the rows' bounds: which spans contain, overlap or follow which.
//!
//! `a JOIN b ON a.path = b.path AND a.bstart <= b.bstart AND b.bend <= a.bend`, where `b` is kept and `a` streams:
//!
//! | path | a | | path | b | | rows |
//! |---|---|---|---|---|---|---|
//! | x.py | 0–90 | | x.py | 10–20 | | 0–90 with 10–20 and 30–40 |
//! | x.py | 25–50 | | x.py | 30–40 | | 25–50 with 30–40 |
//! | y.py | 0–90 | | z.py | 10–20 | | |
//!
//! A hash join pairs all rows of equal keys and asks the inequalities of every pair: quadratic in the rows of a file. Here both
//! inequalities together are a query for the points that another point dominates. The rows that are kept are sorted by
//! their first bound, below a tree of the least second bound per block of rows: a row finds the prefix that satisfies
//! the first inequality by binary search and in it, through the tree, only those that satisfy the second. That is
//! O(n log n + m log n + rows out · log n) for n kept and m streaming rows, whatever the bounds are: nested, equal, empty
//! or reversed. SQL's truth holds: null matches nothing, floats compare as the engine compares them.
//!
//! [`IntervalJoinSpec`] says what is joined, `index` answers queries and knows no plans, `run` joins batches, and
//! [`IntervalJoinExec`] is the plan's node.

mod announce;
mod exec;
mod explain;
mod function;
mod index;
mod properties;
mod recognise;
mod run;
mod spec;

pub use exec::IntervalJoinExec;
pub(crate) use function::INTERVAL_JOIN;
pub(crate) use recognise::IntervalJoin;
pub use spec::{Best, IntervalJoinSpec, RangeConjunct};
