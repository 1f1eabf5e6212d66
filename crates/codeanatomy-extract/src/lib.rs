//! Source text → Arrow columns, under a projection mask, with diagnostics instead of errors.
//!
//! [`walk`](file::walk) lists the files of a folder; an [`Extractor`] takes them one by one and fills the tables that
//! its [`Request`] asks for, computing nothing else. Broken source gives the rows that could be had plus rows of
//! `parse_errors`; no input makes it panic, overflow the stack or stop.
//!
//! This crate knows nothing of DataFusion.

mod content;
mod extractor;
pub mod file;
mod language;
mod python;
mod table;

pub use extractor::{Extractor, Options, Request};
pub use language::built_in;
pub use table::Table;
