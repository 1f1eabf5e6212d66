//! `CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '…' OPTIONS (…)`.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::error::ArrowError;
use datafusion::catalog::{Session, TableProvider, TableProviderFactory};
use datafusion::common::{Result, plan_datafusion_err, plan_err};
use datafusion::logical_expr::CreateExternalTable;
use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;

use super::{DeltaOptions, refuse_binary, scan_config};
use crate::error::{of_table, one_line};
use crate::open::{Pin, Place};
use crate::write::{Origin, properties, storable, widened};

/// Makes tables `STORED AS DELTATABLE`. Without columns the table must be there; with columns it must not, and is made with
/// them, their `NOT NULL`, and `PARTITIONED BY`.
#[derive(Debug)]
pub(crate) struct DeltaTableFactory;

#[async_trait]
impl TableProviderFactory for DeltaTableFactory {
    async fn create(&self, session: &dyn Session, command: &CreateExternalTable) -> Result<Arc<dyn TableProvider>> {
        let name = command.name.table();
        let [location] = command.locations.as_slice() else {
            return plan_err!("{name}: a Delta table has one location");
        };
        if !command.order_exprs.is_empty() {
            return plan_err!("{name}: a Delta table has no order; leave WITH ORDER out");
        }
        let options = DeltaOptions::parse(name, session, &command.options)?;
        let place = options.place(name, location, session)?;
        let runtime = Arc::clone(session.runtime_env());
        if !command.schema.fields().is_empty() {
            create(name, &place, command, &options, session).await?;
        } else if !options.properties(name)?.is_empty() || !options.constraints().is_empty() {
            return plan_err!("{name}: properties and constraints are given to a table that is made, with its columns");
        } else if !command.table_partition_cols.is_empty() {
            return plan_err!("{name}: the Delta table says itself how it is partitioned; leave PARTITIONED BY out");
        }
        Ok(Arc::new(place.provider(&runtime, scan_config(session)).await?))
    }
}

async fn create(
    name: &str,
    place: &Place,
    command: &CreateExternalTable,
    options: &DeltaOptions,
    session: &dyn Session,
) -> Result<()> {
    let shown = place.location.shown();
    refuse_binary(shown, command.schema.inner(), &command.table_partition_cols)?;
    if place.pin != Pin::Newest {
        return plan_err!("{name}: a table that is made has no versions yet; leave version and timestamp out");
    }
    let failed = |e| of_table(shown, e);
    let table = place.unloaded(session.runtime_env())?;
    if table.verify_deltatable_existence().await.map_err(failed)? {
        if command.if_not_exists {
            return Ok(());
        }
        return plan_err!("{name}: there is a Delta table at '{shown}' already; leave the list of columns out");
    }
    let columns = storable(&widened(command.schema.inner()));
    let columns: StructType = columns.as_ref().try_into_kernel().map_err(|e: ArrowError| {
        let problem = one_line(&e.to_string());
        plan_datafusion_err!("{name}: a Delta table cannot have these columns: {problem}")
    })?;
    let given = options
        .properties(name)?
        .into_iter()
        .map(|(key, value)| (key, Some(value)));
    let made = table
        .create()
        .with_columns(columns.fields().cloned())
        .with_partition_columns(command.table_partition_cols.iter().cloned())
        .with_configuration(given)
        .with_commit_properties(properties(session, Origin::default()));
    let mut made = made.await.map_err(failed)?;
    for (constraint, condition) in options.constraints() {
        let added = made
            .add_constraint()
            .with_constraint(constraint, condition)
            .with_commit_properties(properties(session, Origin::default()));
        made = added.await.map_err(failed)?;
    }
    Ok(())
}
