//! Source text → Arrow columns, under a projection mask, with diagnostics instead of errors.
//!
//! [`walk`](file::walk) lists the files of a folder; an [`Extractor`] takes them one by one and fills the tables that
//! its [`Request`] asks for, computing nothing else. Broken source gives the rows that could be had plus rows of
//! `parse_errors`; no input makes it panic, overflow the stack or stop.
//!
//! This crate knows nothing of DataFusion.

pub mod bytecode;
mod content;
mod extractor;
pub mod file;
mod fold;
mod language;
mod modules;
mod parsed;
mod python;
pub mod scip;
mod table;
mod treesitter;

pub use extractor::{Extractor, Options, Request};
pub use language::built_in;
pub use modules::{ModuleReader, Modules};
pub use parsed::{ParseCache, ParseKey, ParsedFile};
pub use table::Table;
pub use treesitter::{CaptureQuery, QueryError};
