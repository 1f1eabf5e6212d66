//! From batches of a plan to the rows of a selection.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray, Float16Array, Float32Array, Float64Array, RecordBatch, RecordBatchOptions,
};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, Float16Type, Float32Type, Float64Type, Int64Type, Schema, SchemaRef, UInt64Type,
};
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{Column, lit};

use crate::winner::select::{Incoming, Layout, Level, Method, More, ReportOf, Weights};
use crate::winner::spec::{Keep, ReportKind, WinnerSpec, orderable};

/// Evaluates what a selection needs to know of a row.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) layout: Arc<Layout>,
    /// The columns of the input, then the weights of rows that are put aside.
    pub(super) weighed: SchemaRef,
    keys: Vec<Arc<dyn PhysicalExpr>>,
    computed: Vec<Arc<dyn PhysicalExpr>>,
    input_columns: usize,
}

impl Shape {
    pub(super) fn new(spec: &WinnerSpec, input: &SchemaRef) -> Result<Self> {
        let mut computed: Vec<Arc<dyn PhysicalExpr>> = Vec::new();
        let mut column_of = |expr: &Arc<dyn PhysicalExpr>| match column(expr) {
            Some(index) => index,
            None => {
                let known = computed.iter().position(|known| known.eq(expr));
                input.fields().len()
                    + known.unwrap_or_else(|| {
                        computed.push(Arc::clone(expr));
                        computed.len() - 1
                    })
            }
        };
        let mut levels: Vec<Level> = spec
            .order_by
            .iter()
            .map(|key| Level {
                column: column_of(&key.expr),
                options: key.options,
            })
            .collect();
        let reports = spec.reports.iter().map(|report| match &report.kind {
            ReportKind::RowNumber => ReportOf::RowNumber,
            ReportKind::Rank => ReportOf::Rank,
            ReportKind::DenseRank => ReportOf::DenseRank,
            ReportKind::RankBy { prefix } => ReportOf::RankBy(*prefix),
            ReportKind::Candidates | ReportKind::Tied { prefix: 0 } => ReportOf::Candidates,
            ReportKind::Tied { prefix } => ReportOf::Tied(*prefix),
            ReportKind::Shared => ReportOf::Shared,
            ReportKind::RunnerUp { expr } => ReportOf::RunnerUp(column_of(expr)),
        });
        let reports: Vec<ReportOf> = reports.collect();
        if input.fields().is_empty() && computed.is_empty() {
            computed.push(lit(true));
        }
        let limit = (spec.keep == Keep::Winners).then(|| (spec.retention, spec.k.get() as u64));
        let order_keys = spec.order_by.len();
        let method = Layout::method(limit, &reports, order_keys);
        if method != Method::Best(More::Peers) {
            levels.extend(completion(spec, input));
        }
        let fields = computed
            .iter()
            .enumerate()
            .map(|(at, expr)| field(&format!("computed_{at}"), expr, input));
        let fields: Vec<FieldRef> = fields.collect::<Result<_>>()?;
        let rows = Schema::new(input.fields().iter().cloned().chain(fields).collect::<Vec<_>>());
        let keys = spec
            .partition_by
            .iter()
            .enumerate()
            .map(|(at, expr)| field(&format!("key_{at}"), expr, input));
        let layout = Layout {
            rows: Arc::new(rows),
            input_columns: input.fields().len(),
            keys: Arc::new(Schema::new(keys.collect::<Result<Vec<_>>>()?)),
            levels,
            order_keys,
            limit,
            method,
            reports,
        };
        let mut weights = vec![Arc::new(Field::new("rows", DataType::UInt64, false))];
        if matches!(layout.method, Method::Best(_)) {
            let tied = layout.tied().into_iter().enumerate();
            weights.extend(tied.map(|(at, _)| Arc::new(Field::new(format!("tied_{at}"), DataType::Int64, false))));
        }
        let weighed = Schema::new(input.fields().iter().cloned().chain(weights).collect::<Vec<_>>());
        Ok(Self {
            input_columns: input.fields().len(),
            layout: Arc::new(layout),
            weighed: Arc::new(weighed),
            keys: spec.partition_by.clone(),
            computed,
        })
    }

    /// The rows of a batch; with the columns of `weighed` if they were put aside before.
    pub(super) fn rows(&self, batch: &RecordBatch) -> Result<Incoming> {
        let weights = &batch.columns()[self.input_columns..];
        let weights = weights.split_first().map(|(rows, tied)| Weights {
            rows: rows.as_primitive::<UInt64Type>().clone(),
            tied: tied
                .iter()
                .map(|tied| tied.as_primitive::<Int64Type>().clone())
                .collect(),
        });
        let mut columns = batch.columns()[..self.input_columns].to_vec();
        for expr in &self.computed {
            columns.push(expr.evaluate(batch)?.into_array(batch.num_rows())?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let rows = RecordBatch::try_new_with_options(Arc::clone(&self.layout.rows), columns, &options)?;
        Ok(Incoming {
            rows,
            keys: self.keys(batch)?,
            weights,
        })
    }

    /// The group keys of a batch.
    pub(super) fn keys(&self, batch: &RecordBatch) -> Result<Vec<ArrayRef>> {
        let keys = self
            .keys
            .iter()
            .map(|expr| Ok(one_zero(expr.evaluate(batch)?.into_array(batch.num_rows())?)));
        keys.collect()
    }

    /// The weights of rows that stand for themselves.
    pub(super) fn unweighed(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let rows = batch.num_rows();
        let mut columns = batch.columns().to_vec();
        for field in &self.weighed.fields()[self.input_columns..] {
            columns.push(match field.data_type() {
                DataType::UInt64 => Arc::new(datafusion::arrow::array::UInt64Array::from_value(1, rows)),
                _ => Arc::new(datafusion::arrow::array::Int64Array::from_value(1, rows)),
            });
        }
        Ok(RecordBatch::try_new(Arc::clone(&self.weighed), columns)?)
    }
}

fn column(expr: &Arc<dyn PhysicalExpr>) -> Option<usize> {
    expr.downcast_ref::<Column>().map(Column::index)
}

fn field(name: &str, expr: &Arc<dyn PhysicalExpr>, input: &Schema) -> Result<FieldRef> {
    Ok(Arc::new(Field::new(name, expr.data_type(input)?, true)))
}

/// The levels that complete the order.
fn completion(spec: &WinnerSpec, input: &Schema) -> Vec<Level> {
    let options = COMPLETED;
    let level = |column| Level { column, options };
    completing(spec, input).map(level).collect()
}

/// The direction of columns that complete an order.
pub(in crate::winner) const COMPLETED: SortOptions = SortOptions {
    descending: false,
    nulls_first: false,
};

/// The columns that complete the order, in their order: those that are not in it, and are not equal in all rows of a group.
pub(in crate::winner) fn completing<'a>(spec: &'a WinnerSpec, input: &'a Schema) -> impl Iterator<Item = usize> + 'a {
    let keys: Vec<usize> = spec.partition_by.iter().filter_map(column).collect();
    let order: Vec<usize> = spec.order_by.iter().filter_map(|key| column(&key.expr)).collect();
    let fields = input.fields().iter().enumerate();
    let completing = fields.filter(move |(at, field)| {
        let is_key = keys.contains(at) && one_text(field.data_type());
        !is_key && !order.contains(at) && orderable(field.data_type())
    });
    completing.map(|(at, _)| at)
}

/// Whether values that group together are the same in every respect, as −0 and 0 are not.
pub(super) fn one_text(data_type: &DataType) -> bool {
    !(data_type.is_floating()
        || data_type.is_nested()
        || matches!(data_type, DataType::Dictionary(..) | DataType::Null))
}

/// A key whose −0 is 0: they are one group, as in GROUP BY.
fn one_zero(key: ArrayRef) -> ArrayRef {
    match key.data_type() {
        DataType::Float16 => {
            let key: Float16Array = key.as_primitive::<Float16Type>().unary(|value| {
                if value.to_bits() << 1 == 0 {
                    Default::default()
                } else {
                    value
                }
            });
            Arc::new(key)
        }
        DataType::Float32 => {
            let key: Float32Array = key.as_primitive::<Float32Type>().unary(|value| value + 0.0);
            Arc::new(key)
        }
        DataType::Float64 => {
            let key: Float64Array = key.as_primitive::<Float64Type>().unary(|value| value + 0.0);
            Arc::new(key)
        }
        _ => key,
    }
}
