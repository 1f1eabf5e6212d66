//! The vocabulary of CodeAnatomy: dataset contracts, stable ids and spans.
//!
//! A *contract* says what a dataset is: its columns with type, nullability and meaning, its key, its canonical order,
//! how its id is made and which graph node it becomes. The contracts are the only place where a column is written down:
//! the extractor fills the row structs that they generate, the providers take their schemas and orderings from them, and
//! `datasets()`, `dataset_columns()` and the reference pages print them.
//!
//! This crate knows Arrow's schema types and nothing of DataFusion.

mod catalogue;
mod contract;
pub mod dataset;
mod encoding;
pub mod id;
mod language;
mod position;
mod span;

pub use catalogue::{CATALOGUE, find};
pub use contract::{CellWriter, Column, ColumnType, Contract, Family, IdRecipe, Row};
pub use encoding::Encoding;
pub use language::{Language, Languages};
pub use position::{ColumnUnit, UnitIndex, byte_to_col, col_to_byte};
pub use span::Span;
