//! Late materialisation: which rows win is found out by keys and order alone, and the other columns are read of those rows only.
//!
//! ```text
//! WinnerSelectExec: Final, [k], [s]        FetchWinnersExec: [k], [s]
//!   WinnerSelectExec: Partial        ─▶      WinnerSelectExec: Final, [k], [s], rank, reports=[shared]    (the places of rows that may win)
//!     DataSourceExec: k, s, a, b, c            WinnerSelectExec: Partial
//!                                                DataSourceExec: k, s, row_place(…)
//!                                            DataSourceExec: k, s, a, b, c                                (read at these places)
//! ```
//!
//! A selection that reads all columns holds them of every row that may still win; so does every shuffle on the way. Here only
//! keys, order and an eight-byte place are held ([`place`]), and a Parquet file is asked for rows by their numbers, for which
//! its reader skips pages and row groups. Rows that share the first place of their group are told apart by all columns: they
//! are read first, and an ordinary selection decides among them ([`exec`]).
//!
//! DuckDB calls this late materialization, of its top-N. Abadi, Myers, DeWitt and Madden, "Materialization Strategies in a
//! Column-Oriented DBMS", ICDE 2007, compare when it pays.

mod exec;
mod narrow;
mod place;
mod read;
mod rule;

pub use exec::FetchWinnersExec;
pub(crate) use rule::WinnerFetch;
