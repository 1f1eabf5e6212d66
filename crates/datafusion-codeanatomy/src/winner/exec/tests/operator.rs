//! What single cases of the operator must do.

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::arrow::array::{Int64Array, RecordBatch, StringViewArray};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::{Distribution, LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execution_plan::collect;
use datafusion::physical_plan::test::exec::{BlockingExec, assert_strong_count_converges_to_zero};
use futures::{FutureExt, StreamExt};

use super::{column, context, is_out_of_memory};
use crate::winner::{Keep, Report, ReportKind, Retention, WinnerMode, WinnerSelectExec, WinnerSpec};

fn schema() -> SchemaRef {
    let fields = [
        ("k", DataType::Int64),
        ("s", DataType::Int64),
        ("t", DataType::Utf8View),
    ];
    Arc::new(Schema::new(
        fields
            .map(|(name, data_type)| Field::new(name, data_type, true))
            .to_vec(),
    ))
}

/// `rows` rows of `groups` groups, with few scores and long texts.
fn batches(rows: usize, groups: usize) -> Vec<RecordBatch> {
    let numbers: Vec<usize> = (0..rows).collect();
    let batch = |rows: &[usize]| {
        let mixed = rows.iter().map(|row| row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20);
        let columns: Vec<datafusion::arrow::array::ArrayRef> = vec![
            Arc::new(Int64Array::from_iter_values(
                mixed.clone().map(|row| (row % groups) as i64),
            )),
            Arc::new(Int64Array::from_iter_values(mixed.map(|row| (row / groups % 5) as i64))),
            Arc::new(StringViewArray::from_iter_values(
                rows.iter().map(|row| format!("a text that is rather long: {row:09}")),
            )),
        ];
        RecordBatch::try_new(schema(), columns).unwrap()
    };
    numbers.chunks(1000).map(batch).collect()
}

fn spec(k: usize) -> WinnerSpec {
    let options = SortOptions {
        descending: true,
        nulls_first: true,
    };
    WinnerSpec {
        partition_by: vec![column(&schema(), 0)],
        order_by: vec![PhysicalSortExpr::new(column(&schema(), 1), options)],
        k: NonZeroUsize::new(k).unwrap(),
        retention: Retention::RowNumber,
        keep: Keep::Winners,
        reports: Vec::new(),
    }
}

fn over(batches: &[RecordBatch], spec: WinnerSpec) -> Arc<WinnerSelectExec> {
    let input = MemorySourceConfig::try_new_exec(&[batches.to_vec()], schema(), None).unwrap();
    Arc::new(WinnerSelectExec::try_new(input, spec, WinnerMode::Single).unwrap())
}

async fn rows_of(plan: &Arc<WinnerSelectExec>, limit: Option<usize>) -> datafusion::error::Result<Vec<String>> {
    let batches = collect(Arc::clone(plan) as Arc<dyn ExecutionPlan>, context(8192, limit)).await?;
    Ok(super::lines(&batches))
}

#[tokio::test]
async fn a_tenth_of_the_data_is_memory_enough() {
    let input = batches(200_000, 100_000);
    let bytes: usize = input.iter().map(RecordBatch::get_array_memory_size).sum();
    let mut reported = spec(1);
    for (name, kind) in [
        ("candidates", ReportKind::Candidates),
        ("tied", ReportKind::Tied { prefix: 1 }),
    ] {
        reported.reports.push(Report {
            field: Arc::new(Field::new(name, DataType::Int64, false)),
            kind,
        });
    }
    for spec in [spec(1), reported, spec(3)] {
        let free = over(&input, spec.clone());
        let limited = over(&input, spec);
        let expected = rows_of(&free, None).await.unwrap();
        assert!(expected == rows_of(&limited, Some(bytes / 10)).await.unwrap());
        assert_eq!(free.metrics().unwrap().spill_count(), Some(0));
        assert!(limited.metrics().unwrap().spill_count() > Some(0));
    }
}

#[tokio::test]
async fn memory_follows_the_winners() {
    // 20 groups of 300,000 rows need little, whatever the rows that lose take.
    let input = batches(300_000, 20);
    for spec in [spec(1), spec(10)] {
        let plan = over(&input, spec);
        rows_of(&plan, Some(6_000_000)).await.unwrap();
        assert_eq!(plan.metrics().unwrap().spill_count(), Some(0));
    }
}

#[tokio::test]
async fn a_group_that_does_not_fit_is_a_resources_error() {
    let mut ranked = spec(1);
    ranked.keep = Keep::Ranked;
    let error = rows_of(&over(&batches(50_000, 1), ranked), Some(500_000))
        .await
        .unwrap_err();
    assert!(is_out_of_memory(&error), "{error}");
    assert!(
        error
            .to_string()
            .contains("the rows of one group that are needed do not fit"),
        "{error}"
    );
}

#[tokio::test]
async fn dropping_the_stream_ends_the_input() {
    let input = Arc::new(BlockingExec::new(schema(), 1));
    let refs = input.refs();
    let plan = Arc::new(WinnerSelectExec::try_new(input, spec(1), WinnerMode::Single).unwrap());
    let mut stream = plan.execute(0, context(8192, None)).unwrap();
    assert!(stream.next().now_or_never().is_none());
    drop(stream);
    drop(plan);
    assert_strong_count_converges_to_zero(refs).await;
}

/// What the engine's `PartitionedTopKExec` panics on, or does by a heap per group: no order keys, and a wide k. A k of 0
/// cannot be said.
#[tokio::test]
async fn no_order_keys_and_a_wide_k_are_as_good_as_others() {
    let input = batches(10_000, 100);
    let mut unordered = spec(1);
    unordered.order_by = Vec::new();
    assert_eq!(
        rows_of(&over(&input, unordered.clone()), None).await.unwrap().len(),
        100
    );
    assert_eq!(
        rows_of(&over(&input, spec(usize::MAX)), None).await.unwrap().len(),
        10_000
    );
    unordered.partition_by = Vec::new();
    let all = over(&input, unordered);
    assert_eq!(rows_of(&all, None).await.unwrap().len(), 1);
    assert!(matches!(
        all.input_distribution_requirements().child_distribution(0),
        Some(Distribution::SinglePartition)
    ));
}

#[tokio::test]
async fn groups_of_an_ordered_input_come_out_in_its_order() {
    let keys: Vec<i64> = (0..5000).map(|row| row / 3).collect();
    let batch = |keys: &[i64]| {
        let texts = keys.iter().map(|_| "t");
        let columns: Vec<datafusion::arrow::array::ArrayRef> = vec![
            Arc::new(Int64Array::from(keys.to_vec())),
            Arc::new(Int64Array::from(keys.to_vec())),
            Arc::new(StringViewArray::from_iter_values(texts)),
        ];
        RecordBatch::try_new(schema(), columns).unwrap()
    };
    let batches: Vec<RecordBatch> = keys.chunks(100).map(batch).collect();
    let order = LexOrdering::new([PhysicalSortExpr::new(column(&schema(), 0), SortOptions::default())]).unwrap();
    let source = MemorySourceConfig::try_new(&[batches], schema(), None).unwrap();
    let input = DataSourceExec::from_data_source(source.try_with_sort_information(vec![order.clone()]).unwrap());
    let plan = Arc::new(WinnerSelectExec::try_new(input, spec(1), WinnerMode::Single).unwrap());
    assert!(plan.is_streaming());
    assert!(
        plan.properties()
            .equivalence_properties()
            .ordering_satisfy(order)
            .unwrap()
    );
    // One open group at a time, whatever the input.
    let out = collect(plan, context(512, Some(200_000))).await.unwrap();
    let out: Vec<i64> = out
        .iter()
        .flat_map(|batch| {
            let keys: &Int64Array = batch.column(0).as_any().downcast_ref().unwrap();
            keys.values().to_vec()
        })
        .collect();
    assert_eq!(out, (0..=keys[4999]).collect::<Vec<_>>());
}

#[test]
fn what_cannot_be_selected_is_an_error() {
    let mut wrong = spec(1);
    let field = Arc::new(Field::new("tied", DataType::Int64, false));
    wrong.reports.push(Report {
        field,
        kind: ReportKind::Tied { prefix: 2 },
    });
    let input = MemorySourceConfig::try_new_exec(&[vec![]], schema(), None).unwrap();
    let error = WinnerSelectExec::try_new(Arc::clone(&input) as _, wrong.clone(), WinnerMode::Single).unwrap_err();
    assert!(
        error.to_string().contains("compares 2 order keys, and there are 1"),
        "{error}"
    );
    assert!(wrong.partial().is_none());
    assert!(WinnerSelectExec::try_new(input, wrong, WinnerMode::Partial).is_err());
}
