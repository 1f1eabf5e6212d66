//! Which partition is behind which, by what is known of them before they are read.
//!
//! What is known of a partition: the least and the greatest value of columns, from the statistics of its files, from the paths of a
//! dataset, or from exact statistics of a host's own scan; the places of its rows in files; and which part of a file it is, if the
//! file is sorted. Filters and the like take rows away and leave bounds as true as they were.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, Result, ScalarValue, Statistics};
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr};
use datafusion::physical_plan::buffer::BufferExec;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::limit::LocalLimitExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use crate::dataset::DatasetScanExec;
use crate::ordering::distrust::DistrustExec;
use crate::ordering::place::{Place, PlaceOrderExec, Stretch};
use crate::ordering::verify::OrderVerifyExec;
use crate::ordering::windows::CompletedOrderExec;

/// The partitions of `input` in the order in which they follow each other, if each is sorted by `order` and none begins before
/// the one before it has ended; none if that is not known.
pub(super) fn sequence(input: &Arc<dyn ExecutionPlan>, order: &LexOrdering) -> Result<Option<Vec<usize>>> {
    let columns: Vec<(usize, SortOptions)> = order
        .iter()
        .map_while(|sort| Some((sort.expr.downcast_ref::<Column>()?.index(), sort.options)))
        .collect();
    let statistics = StatisticsContext::new();
    let (mut extents, mut empty) = (vec![], vec![]);
    for partition in 0..input.output_partitioning().partition_count() {
        match extent(input, partition, &columns, &statistics)? {
            None => return Ok(None),
            Some(Extent::Empty) => empty.push(partition),
            Some(Extent::Rows { columns, part }) => extents.push((partition, columns, part)),
        }
    }
    extents.sort_by(|(i, a, part_a), (j, b, part_b)| {
        let by_column = a.iter().zip(b).zip(&columns).map(|((a, b), (_, options))| {
            let lows = compare(&a.low, &b.low, *options).unwrap_or(Ordering::Equal);
            lows.then_with(|| compare(&a.high, &b.high, *options).unwrap_or(Ordering::Equal))
        });
        let by_column = by_column.fold(Ordering::Equal, Ordering::then);
        by_column.then_with(|| part_a.cmp(part_b)).then(i.cmp(j))
    });
    let whole = columns.len() == order.len();
    let follow = extents.windows(2).all(|pair| match pair {
        [(_, a, part_a), (_, b, part_b)] => {
            let parts = part_a.as_ref().zip(part_b.as_ref());
            parts.is_some_and(|(a, b)| a.ends_before(b)) || ends_before(a, b, &columns, whole)
        }
        _ => true,
    });
    let partitions = extents.into_iter().map(|(partition, ..)| partition).chain(empty);
    Ok(follow.then(|| partitions.collect()))
}

/// What is known of the rows of a partition.
enum Extent {
    Empty,
    Rows {
        /// Of the first columns of the order, as many as are known.
        columns: Vec<Range>,
        part: Option<Part>,
    },
}

/// Bounds of a column, in the direction of its order: a null stands where nulls are sorted to.
#[derive(Clone)]
struct Range {
    low: ScalarValue,
    high: ScalarValue,
}

/// A part of a sorted file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    file: String,
    start: i64,
    end: i64,
}

impl Part {
    fn ends_before(&self, next: &Self) -> bool {
        self.file == next.file && self.end <= next.start
    }
}

/// Whether no row of a partition with the bounds `a` comes behind one with the bounds `b`. Where `a` may end with the value that
/// `b` begins with, the next column decides; rows that tie in the whole order may stand in any.
fn ends_before(a: &[Range], b: &[Range], columns: &[(usize, SortOptions)], whole: bool) -> bool {
    for ((a, b), (_, options)) in a.iter().zip(b).zip(columns) {
        match compare(&a.high, &b.low, *options) {
            Some(Ordering::Less) => return true,
            Some(Ordering::Equal) => {}
            Some(Ordering::Greater) | None => return false,
        }
    }
    whole && a.len() == columns.len() && b.len() == columns.len()
}

fn compare(a: &ScalarValue, b: &ScalarValue, options: SortOptions) -> Option<Ordering> {
    let null_first = |first: Ordering| if options.nulls_first { first } else { first.reverse() };
    match (a.is_null(), b.is_null()) {
        (true, true) => Some(Ordering::Equal),
        (true, false) => Some(null_first(Ordering::Less)),
        (false, true) => Some(null_first(Ordering::Greater)),
        (false, false) => {
            let ordering = a.partial_cmp(b)?;
            Some(if options.descending {
                ordering.reverse()
            } else {
                ordering
            })
        }
    }
}

/// What is known of `partition`; none if nothing is.
fn extent(
    input: &Arc<dyn ExecutionPlan>,
    mut partition: usize,
    order: &[(usize, SortOptions)],
    statistics: &StatisticsContext,
) -> Result<Option<Extent>> {
    let mut columns = order.to_vec();
    let mut node = input;
    // A sort on the way: the order is not that of the file.
    let mut sorted = false;
    loop {
        let children = node.children();
        if let Some(places) = node.downcast_ref::<PlaceOrderExec>()
            && places.passing().begins(&columns)
            && let [scan] = children.as_slice()
            && let Some(scan) = files_of(scan).filter(|scan| scan.preserve_order)
        {
            return Ok(Some(of_places(scan, partition)));
        }
        if let Some(projection) = node.downcast_ref::<ProjectionExec>() {
            let expr = |i: usize| column(&projection.expr().get(i)?.expr);
            columns = through(columns, expr);
        } else if let Some(filter) = node.downcast_ref::<FilterExec>() {
            if let Some(projection) = filter.projection().as_deref() {
                columns = through(columns, |i| projection.get(i).copied());
            }
        } else if let Some(sort) = node.downcast_ref::<SortExec>() {
            if !sort.preserve_partitioning() {
                return Ok(None);
            }
            sorted = true;
        } else if node.is::<UnionExec>() {
            let mut chosen = None;
            for child in children {
                let count = child.output_partitioning().partition_count();
                if partition < count {
                    chosen = Some(child);
                    break;
                }
                partition -= count;
            }
            let Some(child) = chosen else { return Ok(None) };
            node = child;
            continue;
        } else if !passes_on(node) {
            break;
        }
        let [child] = children.as_slice() else { return Ok(None) };
        node = child;
    }
    if let Some(scan) = node.downcast_ref::<DatasetScanExec>() {
        let paths = columns.first().and_then(|(i, options)| {
            let (first, last) = scan.paths(partition, *i)?;
            let text = |path: &str| ScalarValue::Utf8View(Some(path.to_string()));
            let (low, high) = match options.descending {
                false => (first, last),
                true => (last, first),
            };
            Some(Range {
                low: text(low),
                high: text(high),
            })
        });
        return Ok(paths.map(|paths| Extent::Rows {
            columns: vec![paths],
            part: None,
        }));
    }
    if let Some(files) = files_of(node) {
        return Ok(of_files(files, partition, columns, sorted));
    }
    if !node.children().is_empty() {
        return Ok(None);
    }
    let known = statistics.compute(node.as_ref(), &StatisticsArgs::new().with_partition(Some(partition)))?;
    if known.num_rows == Precision::Exact(0) {
        return Ok(Some(Extent::Empty));
    }
    let columns = of_statistics(&known, &columns);
    Ok((!columns.is_empty()).then_some(Extent::Rows { columns, part: None }))
}

fn files_of(node: &Arc<dyn ExecutionPlan>) -> Option<&FileScanConfig> {
    let scan = node.downcast_ref::<DataSourceExec>()?;
    scan.data_source().downcast_ref::<FileScanConfig>()
}

/// By the places of rows: the name of the file, and for the number of the row the bytes that are read.
fn of_places(scan: &FileScanConfig, partition: usize) -> Extent {
    match Place::stretch(scan, partition) {
        None => Extent::Empty,
        Some(Stretch { first, last }) => Extent::Rows {
            columns: vec![
                Range {
                    low: first.0,
                    high: last.0,
                },
                Range {
                    low: first.1,
                    high: last.1,
                },
            ],
            part: None,
        },
    }
}

/// Whether the rows of a partition are rows of the same partition of the input, with the same columns.
fn passes_on(node: &Arc<dyn ExecutionPlan>) -> bool {
    node.is::<CooperativeExec>()
        || node.is::<BufferExec>()
        || node.is::<LocalLimitExec>()
        || node.is::<DistrustExec>()
        || node.is::<CompletedOrderExec>()
        || node.is::<PlaceOrderExec>()
        || node.is::<OrderVerifyExec>()
}

fn column(expr: &Arc<dyn PhysicalExpr>) -> Option<usize> {
    expr.downcast_ref::<Column>().map(Column::index)
}

/// The columns as those of the input, up to the first that is not one.
fn through(columns: Vec<(usize, SortOptions)>, place: impl Fn(usize) -> Option<usize>) -> Vec<(usize, SortOptions)> {
    let placed = columns.into_iter().map_while(|(i, options)| Some((place(i)?, options)));
    placed.collect()
}

/// What the statistics of all files of a partition say, and which part of a file it is.
fn of_files(
    files: &FileScanConfig,
    partition: usize,
    columns: Vec<(usize, SortOptions)>,
    sorted: bool,
) -> Option<Extent> {
    let group = files.file_groups.get(partition)?.files();
    // Otherwise a partition that is idle takes files from others.
    let stays = files.preserve_order || files.output_partitioning.is_some();
    if !stays {
        return None;
    }
    let [first, rest @ ..] = group else {
        return Some(Extent::Empty);
    };
    let columns = match files.file_source().projection() {
        None => columns,
        Some(projection) => through(columns, |i| column(&projection.as_ref().get(i)?.expr)),
    };
    let of_file = |statistics: &Option<Arc<Statistics>>| match statistics {
        Some(statistics) => of_statistics(statistics, &columns),
        None => vec![],
    };
    let mut ranges = of_file(&first.statistics);
    for file in rest {
        let file = of_file(&file.statistics);
        ranges.truncate(file.len());
        for ((range, file), (_, options)) in ranges.iter_mut().zip(file).zip(&columns) {
            if compare(&file.low, &range.low, *options)? == Ordering::Less {
                range.low = file.low;
            }
            if compare(&file.high, &range.high, *options)? == Ordering::Greater {
                range.high = file.high;
            }
        }
    }
    let part = match (&first.range, rest) {
        (Some(range), []) if !sorted => Some(Part {
            file: first.path().to_string(),
            start: range.start,
            end: range.end,
        }),
        _ => None,
    };
    let known = !ranges.is_empty() || part.is_some();
    known.then_some(Extent::Rows { columns: ranges, part })
}

/// The bounds of the first of `columns` that have exact ones.
fn of_statistics(statistics: &Statistics, columns: &[(usize, SortOptions)]) -> Vec<Range> {
    let bounds = columns.iter().map_while(|(i, options)| {
        let column = statistics.column_statistics.get(*i)?;
        range(column, &statistics.num_rows, *options)
    });
    bounds.collect()
}

fn range(column: &ColumnStatistics, rows: &Precision<usize>, options: SortOptions) -> Option<Range> {
    let mut range = match (&column.min_value, &column.max_value, &column.null_count) {
        (Precision::Exact(min), Precision::Exact(max), _) if !min.is_null() && !max.is_null() => {
            if !is_bounded_by_statistics(&min.data_type()) {
                return None;
            }
            let (low, high) = if options.descending { (max, min) } else { (min, max) };
            Range {
                low: low.clone(),
                high: high.clone(),
            }
        }
        (_, _, Precision::Exact(nulls)) if *rows == Precision::Exact(*nulls) => {
            return Some(Range {
                low: ScalarValue::Null,
                high: ScalarValue::Null,
            });
        }
        _ => return None,
    };
    if column.null_count != Precision::Exact(0) {
        match options.nulls_first {
            true => range.low = ScalarValue::Null,
            false => range.high = ScalarValue::Null,
        }
    }
    Some(range)
}

/// Floating-point numbers are not: files leave NaN out of their statistics.
fn is_bounded_by_statistics(ty: &DataType) -> bool {
    match ty {
        DataType::Dictionary(_, value) => is_bounded_by_statistics(value),
        ty => !ty.is_floating() && !ty.is_nested(),
    }
}
