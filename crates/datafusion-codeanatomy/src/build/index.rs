//! What a SCIP index says of the source.

use std::sync::Arc;

use codeanatomy_model::Row;
use codeanatomy_model::dataset::ScipOccurrenceRow;
use datafusion::arrow::compute::concat_batches;
use datafusion::common::Result;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::needs::Needs;
use crate::dataset::{DatasetOptions, DatasetTable, Rows};
use crate::source::Source;

/// The occurrences of the indexes of a source, in the columns that rules read.
pub(super) async fn occurrences(source: &Source, runtime: &Arc<RuntimeEnv>, needs: &Needs) -> Result<Rows> {
    let contract = ScipOccurrenceRow::CONTRACT;
    let config = SessionConfig::new().with_target_partitions(1);
    let ctx = SessionContext::new_with_config_rt(config, Arc::clone(runtime));
    crate::register_all(&ctx)?;
    let table = DatasetTable::new(source.clone(), contract).with_options(DatasetOptions::of_source());
    let columns = needs.columns(contract, &["index_path", "document_ordinal", "seq", "bstart"]);
    let names: Vec<&str> = columns.iter().map(|c| contract.columns[*c].name).collect();
    let rows = ctx.read_table(Arc::new(table))?.select_columns(&names)?;
    let schema = Arc::clone(rows.schema().inner());
    let batch = concat_batches(&schema, &rows.collect().await?)?;
    Rows::try_new(contract, batch)
}
