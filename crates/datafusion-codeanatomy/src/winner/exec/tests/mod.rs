//! The operator beside a selection by brute force, in drawn cases.

mod brute;
mod draw;
mod operator;

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::{ExecutionPlan, collect, collect_partitioned};
use datafusion::prelude::{SessionConfig, SessionContext};

use super::{WinnerMode, WinnerSelectExec};
use crate::winner::{Keep, Report, ReportKind, Retention, WinnerSpec};
use brute::{Key, Row, select};
use draw::{Cell, Draw, array, cell, compare, text, types};

/// A drawn case.
struct Case {
    schema: SchemaRef,
    rows: Vec<Vec<Option<Cell>>>,
    keys: Vec<usize>,
    order: Vec<Key>,
    spec: WinnerSpec,
}

fn column(schema: &Schema, index: usize) -> Arc<dyn PhysicalExpr> {
    Arc::new(Column::new(schema.field(index).name(), index))
}

fn draw_case(draw: &mut Draw) -> Case {
    let types = types();
    let count = 2 + draw.below(4);
    let fields = (0..count).map(|at| Field::new(format!("c{at}"), types[draw.below(types.len())].clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let len = draw.of(&[0, 1, 2, 30, 200, 200, 1000]);
    let domains: Vec<(usize, bool)> = (0..count).map(|_| (draw.of(&[1, 2, 3, 9, 40]), draw.coin())).collect();
    let rows: Vec<Vec<Option<Cell>>> = (0..len)
        .map(|_| {
            let cells = schema.fields().iter().zip(&domains);
            cells
                .map(|(field, (domain, nulls))| cell(draw, field.data_type(), *domain, *nulls))
                .collect()
        })
        .collect();
    let keys: Vec<usize> = (0..draw.of(&[0, 1, 1, 1, 2])).map(|_| draw.below(count)).collect();
    let order: Vec<Key> = (0..draw.of(&[0, 1, 1, 2, 3]))
        .map(|_| (draw.below(count), draw.coin(), draw.coin()))
        .collect();
    let mut reports = Vec::new();
    for _ in 0..draw.of(&[0, 0, 1, 2, 4]) {
        let of = draw.below(count);
        let (kind, data_type) = match draw.below(8) {
            0 => (ReportKind::RowNumber, DataType::UInt64),
            1 => (ReportKind::Rank, DataType::UInt64),
            2 => (ReportKind::DenseRank, DataType::UInt64),
            5 => (
                ReportKind::RankBy {
                    prefix: draw.below(order.len() + 1),
                },
                DataType::UInt64,
            ),
            3 => (ReportKind::Candidates, DataType::Int64),
            6 => (ReportKind::Shared, DataType::Boolean),
            4 => (
                ReportKind::Tied {
                    prefix: draw.below(order.len() + 1),
                },
                DataType::Int64,
            ),
            _ => (
                ReportKind::RunnerUp {
                    expr: column(&schema, of),
                },
                schema.field(of).data_type().clone(),
            ),
        };
        reports.push(Report {
            field: Arc::new(Field::new(format!("r{}", reports.len()), data_type, true)),
            kind,
        });
    }
    let spec = WinnerSpec {
        partition_by: keys.iter().map(|key| column(&schema, *key)).collect(),
        order_by: order
            .iter()
            .map(|(at, descending, nulls_first)| {
                let options = SortOptions {
                    descending: *descending,
                    nulls_first: *nulls_first,
                };
                PhysicalSortExpr::new(column(&schema, *at), options)
            })
            .collect(),
        k: NonZeroUsize::new(draw.of(&[1, 1, 1, 2, 3, 10, 1000])).unwrap(),
        retention: draw.of(&[
            Retention::RowNumber,
            Retention::RowNumber,
            Retention::Rank,
            Retention::DenseRank,
        ]),
        keep: draw.of(&[Keep::Winners, Keep::Winners, Keep::Winners, Keep::Ranked]),
        reports,
    };
    Case {
        schema,
        rows,
        keys,
        order,
        spec,
    }
}

impl Case {
    fn batch(&self, rows: &[usize]) -> RecordBatch {
        let columns = self.schema.fields().iter().enumerate().map(|(at, field)| -> ArrayRef {
            array(
                field.data_type(),
                &rows.iter().map(|row| self.rows[*row][at].clone()).collect::<Vec<_>>(),
            )
        });
        RecordBatch::try_new(Arc::clone(&self.schema), columns.collect()).unwrap()
    }

    /// The rows as a plan, dealt into partitions: all of a group into one if `by_key`.
    fn input(
        &self,
        draw: &mut Draw,
        partitions: usize,
        by_key: bool,
        ordered: bool,
        chunk: usize,
    ) -> Arc<dyn ExecutionPlan> {
        let mut dealt: Vec<Vec<usize>> = vec![Vec::new(); partitions];
        let mut first: Vec<usize> = Vec::new();
        for row in 0..self.rows.len() {
            let same = |other: &usize| {
                self.keys
                    .iter()
                    .all(|key| draw::same_group(&self.rows[*other][*key], &self.rows[row][*key]))
            };
            let group = first.iter().position(same).unwrap_or_else(|| {
                first.push(row);
                first.len() - 1
            });
            dealt[if by_key {
                group % partitions
            } else {
                draw.below(partitions)
            }]
            .push(row);
        }
        for rows in &mut dealt {
            for at in (1..rows.len()).rev() {
                rows.swap(at, draw.below(at + 1));
            }
            if ordered {
                rows.sort_by(|a, b| {
                    let orderings = self
                        .keys
                        .iter()
                        .map(|key| compare(&self.rows[*a][*key], &self.rows[*b][*key], false, true));
                    orderings.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                });
            }
        }
        let batches: Vec<Vec<RecordBatch>> = dealt
            .iter()
            .map(|rows| rows.chunks(chunk).map(|rows| self.batch(rows)).collect())
            .collect();
        let mut source = MemorySourceConfig::try_new(&batches, Arc::clone(&self.schema), None).unwrap();
        let order = self.spec.partition_by.iter().map(|key| {
            PhysicalSortExpr::new(
                Arc::clone(key),
                SortOptions {
                    descending: false,
                    nulls_first: true,
                },
            )
        });
        if let Some(order) = LexOrdering::new(order).filter(|_| ordered) {
            source = source.try_with_sort_information(vec![order]).unwrap();
        }
        DataSourceExec::from_data_source(source)
    }

    fn expected(&self) -> Vec<String> {
        let reports: Vec<Row> = select(&self.rows, &self.keys, &self.order, &self.spec);
        let numbers: Vec<usize> = (0..self.rows.len()).collect();
        let all = self.batch(&numbers);
        let mut out: Vec<String> = reports
            .iter()
            .map(|(row, reports)| {
                let mut cells: Vec<String> = all.columns().iter().map(|column| text(column, *row)).collect();
                for (value, report) in reports.iter().zip(&self.spec.reports) {
                    cells.push(match (&report.kind, value) {
                        (ReportKind::RunnerUp { expr }, value) => {
                            let at = expr.downcast_ref::<Column>().unwrap().index();
                            match value {
                                Some(next) => text(all.column(at), *next as usize),
                                None => text(
                                    &datafusion::arrow::array::new_null_array(all.column(at).data_type(), 1),
                                    0,
                                ),
                            }
                        }
                        (ReportKind::Candidates | ReportKind::Tied { .. }, Some(value)) => format!("Int64({value})"),
                        (ReportKind::Shared, Some(value)) => format!("Boolean({})", *value == 1),
                        (_, Some(value)) => format!("UInt64({value})"),
                        (_, None) => unreachable!("only a runner-up may be missing"),
                    });
                }
                cells.join("|")
            })
            .collect();
        out.sort();
        out
    }
}

fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let mut out = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            out.push(
                batch
                    .columns()
                    .iter()
                    .map(|column| text(column, row))
                    .collect::<Vec<_>>()
                    .join("|"),
            );
        }
    }
    out.sort();
    out
}

fn context(batch_size: usize, limit: Option<usize>) -> Arc<TaskContext> {
    let mut config = SessionConfig::new().with_batch_size(batch_size);
    config
        .options_mut()
        .execution
        .skip_partial_aggregation_probe_rows_threshold = 100;
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(limit) = limit {
        runtime = runtime.with_memory_pool(Arc::new(GreedyMemoryPool::new(limit)));
    }
    SessionContext::new_with_config_rt(config, runtime.build_arc().unwrap()).task_ctx()
}

fn is_out_of_memory(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}

/// Runs a case in a drawn way. None: out of memory.
async fn run(case: &Case, draw: &mut Draw) -> Result<Option<(Vec<RecordBatch>, usize)>> {
    let partitions = draw.of(&[1, 3, 16]);
    let batch_size = draw.of(&[1, 7, 8192]);
    let chunk = draw.of(&[1, 7, 100, 8192]);
    let limit = draw.of(&[None, None, Some(20_000), Some(60_000), Some(150_000)]);
    let ordered = draw.below(3) == 0;
    let partial = case.spec.partial().filter(|_| draw.coin());
    let context = context(batch_size, limit);
    let selection = match partial {
        Some(spec) => {
            let input = case.input(draw, partitions, false, ordered, chunk);
            let below = WinnerSelectExec::try_new(input, spec, WinnerMode::Partial)?;
            let rows = collect_partitioned(Arc::new(below), Arc::clone(&context)).await?;
            let rows: Vec<RecordBatch> = rows.into_iter().flatten().collect();
            let input = MemorySourceConfig::try_new_exec(&[rows], Arc::clone(&case.schema), None)?;
            WinnerSelectExec::try_new(input, case.spec.clone(), WinnerMode::Final)?
        }
        None => {
            let partitions = if case.keys.is_empty() { 1 } else { partitions };
            let input = case.input(draw, partitions, true, ordered, chunk);
            WinnerSelectExec::try_new(input, case.spec.clone(), WinnerMode::Single)?
        }
    };
    let selection = Arc::new(selection);
    match collect(Arc::clone(&selection) as Arc<dyn ExecutionPlan>, context).await {
        Ok(batches) => {
            if let Some(batch) = batches.iter().find(|batch| batch.num_rows() > batch_size) {
                panic!("a batch has {} rows", batch.num_rows());
            }
            let spilled = selection
                .metrics()
                .and_then(|metrics| metrics.spill_count())
                .unwrap_or(0);
            Ok(Some((batches, spilled)))
        }
        Err(error) if limit.is_some() && is_out_of_memory(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

#[tokio::test]
async fn the_operator_gives_what_brute_force_gives() {
    let cases: u64 = std::env::var("WINNER_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(200);
    let first: u64 = std::env::var("WINNER_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(1);
    let (mut spilled, mut failed) = (0, 0);
    for seed in first..first + cases {
        let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let case = draw_case(&mut draw);
        let expected = case.expected();
        for _ in 0..4 {
            let at = draw.0;
            match run(&case, &mut draw)
                .await
                .unwrap_or_else(|error| panic!("seed {seed} ({at}): {error}"))
            {
                Some((batches, files)) => {
                    spilled += usize::from(files > 0);
                    let rows = lines(&batches);
                    assert!(
                        rows == expected,
                        "seed {seed}: {:?}\n{:?}\n{rows:#?}\n{expected:#?}",
                        case.spec,
                        case.schema
                    );
                }
                None => failed += 1,
            }
        }
    }
    println!("{spilled} runs spilled, {failed} ran out of memory, of {}", 4 * cases);
    if cases >= 100 {
        assert!(spilled * 50 > cases as usize, "only {spilled} runs spilled");
    }
}
