//! Datasets as tables: what a source is, how its files are read, and how SQL reaches them.

mod cache;
mod calls;
mod check;
mod external;
mod filter;
mod function;
mod module_filter;
mod options;
mod parameters;
mod partition;
mod provider;
mod repositories;
mod row_caches;
mod row_filter;
mod rows;
mod scan;
mod schema;

pub use external::DatasetTableFactory;
pub use function::DatasetFunction;
pub use options::DatasetOptions;
pub use provider::DatasetTable;
pub use schema::SourceSchema;

pub(crate) use cache::SessionCache;
pub(crate) use calls::{CallAnalysis, Resolved};
pub(crate) use external::ExternalTableOptions;
pub(crate) use options::needs_query;
pub(crate) use parameters::parameters;
pub(crate) use provider::{key_constraint, open};
pub(crate) use row_caches::RowCaches;
pub(crate) use rows::Rows;
pub use scan::scanned_files;
pub(crate) use scan::{DatasetScanExec, declared_order, estimated_rows};
