//! Datasets as tables: what a source is, how its files are read, and how SQL reaches them.

mod filter;
mod function;
mod partition;
mod provider;
mod rows;
mod scan;
mod schema;
mod source;

pub use function::DatasetFunction;
pub use provider::DatasetTable;
pub use schema::SourceSchema;
pub use source::{Source, SourceOptions};

pub(crate) use function::PARAMETERS;
pub(crate) use provider::key_constraint;
pub(crate) use rows::Rows;
pub(crate) use scan::{declared_order, estimated_rows};
