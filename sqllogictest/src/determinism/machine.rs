//! What may differ between two runs of the same query.

use std::sync::Arc;

use datafusion::arrow::array::UInt32Array;
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::catalog::MemTable;
use datafusion::error::Result;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

/// A machine, and how tables lie on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    pub(super) partitions: usize,
    pub(super) batch_size: usize,
    /// By which rows of tables are put in another order.
    shuffle: u64,
    memory: Option<usize>,
    stealing: bool,
}

const fn machine(partitions: usize, batch_size: usize, shuffle: u64, memory: Option<usize>, stealing: bool) -> Machine {
    Machine {
        partitions,
        batch_size,
        shuffle,
        memory,
        stealing,
    }
}

/// The first three are those of a short run.
pub(super) const MACHINES: [Machine; 6] = [
    machine(1, 8192, 1, None, true),
    machine(3, 7, 3, None, false),
    machine(16, 8192, 11, Some(24 << 20), true),
    machine(2, 31, 5, Some(12 << 20), true),
    machine(8, 1, 13, None, true),
    machine(16, 100, 17, None, false),
];

impl Machine {
    /// A session with everything registered.
    pub(super) async fn session(&self, determinism: &str) -> Result<SessionContext> {
        let mut config = SessionConfig::new()
            .with_target_partitions(self.partitions)
            .with_batch_size(self.batch_size)
            .with_information_schema(true);
        let options = &mut config.options_mut().execution;
        options.enable_file_stream_work_stealing = self.stealing;
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
        let mut order: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
        order.sort_by_key(|i| (u64::from(*i) + 1).wrapping_mul(self.shuffle.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 20);
        let rows = take_record_batch(&rows, &UInt32Array::from(order))?;
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
}
