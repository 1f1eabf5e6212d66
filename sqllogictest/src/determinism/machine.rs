//! What may differ between two runs of the same query.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::arrow::compute::{SortOptions, concat_batches, sort_to_indices, take_record_batch};
use datafusion::catalog::MemTable;
use datafusion::error::Result;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::prelude::{SessionConfig, SessionContext};

/// A machine, and how tables lie on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    pub(super) partitions: usize,
    pub(super) batch_size: usize,
    /// By which rows of tables are put in another order.
    shuffle: u64,
    /// The column by which they are sorted instead.
    sorted: Option<(usize, SortOptions)>,
    memory: Option<usize>,
    stealing: bool,
    /// Whether texts of files are read as views.
    views: bool,
}

const fn machine(partitions: usize, batch_size: usize, shuffle: u64, memory: Option<usize>, stealing: bool) -> Machine {
    Machine {
        partitions,
        batch_size,
        shuffle,
        sorted: None,
        memory,
        stealing,
        views: true,
    }
}

/// All numbers of partitions with all sizes of batches. The first three are those of a short run; the others of the first six are of the
/// levels that are run for comparison.
pub(super) const MACHINES: [Machine; 15] = [
    machine(1, 8192, 1, None, true),
    machine(3, 31, 3, None, false),
    machine(16, 8192, 11, Some(24 << 20), true),
    machine(2, 31, 5, Some(12 << 20), true),
    machine(8, 1, 13, None, true),
    machine(16, 31, 17, None, false),
    machine(1, 1, 19, Some(16 << 20), false),
    machine(1, 31, 23, None, false),
    machine(2, 1, 29, None, false),
    machine(2, 8192, 31, Some(16 << 20), false),
    machine(3, 1, 37, Some(24 << 20), true),
    machine(3, 8192, 41, None, true),
    machine(8, 31, 43, Some(24 << 20), false),
    machine(8, 8192, 47, None, false),
    machine(16, 1, 53, None, true),
];

/// Columns by which tables are sorted, for [`Machine::arranged`].
const COLUMNS: usize = 12;

impl Machine {
    /// Machines on which tables lie sorted, by each column and in each direction: where ties go by arrival, they go another way on each.
    pub(super) fn arranged(self) -> impl Iterator<Item = Self> {
        let directions = [(false, false), (false, true), (true, false), (true, true)];
        (0..COLUMNS).flat_map(move |column| {
            directions.map(|(descending, nulls_first)| Self {
                sorted: Some((column, SortOptions::new(descending, nulls_first))),
                ..self
            })
        })
    }

    pub(super) const fn with_views(self, views: bool) -> Self {
        Self { views, ..self }
    }

    /// A session with everything registered.
    pub(super) async fn session(&self, determinism: &str) -> Result<SessionContext> {
        let mut config = SessionConfig::new()
            .with_target_partitions(self.partitions)
            .with_batch_size(self.batch_size)
            .with_information_schema(true);
        let options = &mut config.options_mut().execution;
        options.enable_file_stream_work_stealing = self.stealing;
        options.parquet.schema_force_view_types = self.views;
        let optimizer = &mut config.options_mut().optimizer;
        // Files are cut however small they are.
        optimizer.repartition_file_min_size = 0;
        let options = &mut config.options_mut().execution;
        if self.memory.is_some() {
            // What is held back for a merge of spilled runs, by each sort: not more than there is.
            options.sort_spill_reservation_bytes = 64 << 10;
        }
        let mut runtime = RuntimeEnvBuilder::new();
        if let Some(bytes) = self.memory {
            runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
        }
        let ctx = SessionContext::new_with_config_rt(config, runtime.build_arc()?);
        datafusion_codeanatomy::register_all(&ctx)?;
        let set = format!("SET codeanatomy.determinism = '{determinism}'");
        ctx.sql(&set).await?.collect().await?;
        if determinism == "off" {
            // To compare with the engine's own operators: ours has one answer among ties in any mode.
            let set = "SET codeanatomy.optimizer.winner_select = false";
            ctx.sql(set).await?.collect().await?;
        }
        Ok(ctx)
    }

    /// Puts the rows of a table in memory in the order of this machine, and deals them out to its partitions; not if it
    /// declares an order.
    pub(super) async fn shuffle(&self, ctx: &SessionContext, name: &str) -> Result<()> {
        let Ok(provider) = ctx.table_provider(name).await else {
            return Ok(());
        };
        let Some(table) = provider.downcast_ref::<MemTable>() else {
            return Ok(());
        };
        if !table.sort_order.lock().is_empty() || table.batches.is_empty() {
            return Ok(());
        }
        let mut batches = vec![];
        for partition in &table.batches {
            batches.append(&mut *partition.write().await);
        }
        let rows = concat_batches(&provider.schema(), &batches)?;
        let count = rows.num_rows();
        let rows = match self.sorted {
            Some(_) => self.sort(rows)?,
            None => {
                let mut order: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
                order.sort_by_key(|i| {
                    (u64::from(*i) + 1).wrapping_mul(self.shuffle.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 20
                });
                take_record_batch(&rows, &UInt32Array::from(order))?
            }
        };
        let partitions = table.batches.len();
        let size = (count / (partitions * 3)).clamp(1, 8192);
        for (i, start) in (0..count).step_by(size).enumerate() {
            let batch = rows.slice(start, size.min(count - start));
            if let Some(partition) = table.batches.get(i % partitions) {
                partition.write().await.push(batch);
            }
        }
        Ok(())
    }

    /// The rows by the column that tables are sorted by; as they are, if it has no order.
    fn sort(&self, rows: RecordBatch) -> Result<RecordBatch> {
        let Some((column, options)) = self.sorted else {
            return Ok(rows);
        };
        match sort_to_indices(rows.column(column % rows.num_columns()), Some(options), None) {
            Ok(order) => Ok(take_record_batch(&rows, &order)?),
            Err(_) => Ok(rows),
        }
    }

    /// Puts a table in memory into Parquet files in a folder of its own in `folder`: as many as this machine likes, of as many rows; not if it
    /// declares a key, or has no rows.
    pub(super) async fn store(&self, ctx: &SessionContext, name: &str, folder: &Path) -> Result<()> {
        let provider = ctx.table_provider(name).await?;
        let keyed = provider.constraints().is_some_and(|c| c.iter().next().is_some());
        let Some(table) = provider.downcast_ref::<MemTable>().filter(|_| !keyed) else {
            return Ok(());
        };
        let mut batches = vec![];
        for partition in &table.batches {
            batches.append(&mut *partition.write().await);
        }
        let rows = concat_batches(&provider.schema(), &batches)?;
        if rows.num_rows() == 0 {
            return Ok(());
        }
        let rows = self.sort(rows)?;
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder)?;
        let files = 1 + usize::try_from(self.shuffle).unwrap_or_default() % 5;
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(50))
            .build();
        let mut start = 0;
        for i in 0..files {
            let left = rows.num_rows() - start;
            let count = if i + 1 == files {
                left
            } else {
                (left / 3).max(1).min(left)
            };
            // Their names are in no order of the rows.
            let path = folder.join(format!("{}.parquet", (i * 3 + 1) % 7));
            let mut writer = ArrowWriter::try_new(File::create(path)?, rows.schema(), Some(properties.clone()))?;
            writer.write(&rows.slice(start, count))?;
            writer.close()?;
            start += count;
        }
        ctx.deregister_table(name)?;
        let create = format!(
            "CREATE EXTERNAL TABLE {name} STORED AS PARQUET LOCATION '{}/'",
            folder.display()
        );
        ctx.sql(&create).await?.collect().await?;
        Ok(())
    }
}
