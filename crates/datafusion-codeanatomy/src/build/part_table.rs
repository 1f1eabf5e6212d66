//! Datasets of the part at hand: tables whose plans are made once and run for one part after the other.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use codeanatomy_model::Contract;
use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Constraints, Result, ScalarValue, Statistics, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TableProviderFilterPushDown,
    TableType, Volatility,
};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions};
use futures::stream;

use super::PART_BYTES;
use super::facts::Whole;
use crate::dataset::{Rows, declared_order, estimated_rows, key_constraint};

/// The files of a part, from `first` to `last` in path order, and what was extracted of them.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) first: String,
    pub(super) last: String,
    pub(super) rows: BTreeMap<&'static str, Rows>,
}

/// Holds the part at hand.
#[derive(Debug, Clone, Default)]
pub(super) struct PartSlot(Arc<RwLock<Arc<Part>>>);

impl PartSlot {
    pub(super) fn set(&self, part: Part) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(part);
    }

    fn get(&self) -> Arc<Part> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// `in_part(path)`: whether a file belongs to the part at hand. Scans decide it without looking at rows.
    pub(super) fn in_part(&self) -> ScalarUDF {
        ScalarUDF::from(InPart {
            slot: self.clone(),
            signature: Signature::any(1, Volatility::Stable),
        })
    }
}

/// A dataset: of the part at hand, or of the whole source.
#[derive(Debug, Clone)]
pub(super) struct PartTable {
    contract: &'static Contract,
    constraints: Constraints,
    slot: PartSlot,
    whole: Option<Whole>,
}

impl PartTable {
    /// The rows that the part has of `contract`, or `whole`.
    pub(super) fn new(contract: &'static Contract, slot: &PartSlot, whole: Option<Whole>) -> Self {
        Self {
            contract,
            constraints: key_constraint(contract),
            slot: slot.clone(),
            whole,
        }
    }

    /// The columns of `projection` of the rows that are there, `size` at a time, each made when it is asked for.
    fn batches(&self, of_part: bool, projection: &[usize], size: usize) -> Result<BatchIterator> {
        let part = self.slot.get();
        let rows = match &self.whole {
            Some(Whole::Resolved(found)) => {
                let rows = match of_part {
                    true => found.between(&part.first, &part.last),
                    false => 0..found.len(),
                };
                let (found, projection) = (Arc::clone(found), projection.to_vec());
                let end = rows.end;
                let batch = move |start| found.batch(start..end.min(start + size), Some(&projection));
                return Ok(Box::new(rows.step_by(size).map(batch)));
            }
            Some(Whole::Rows(rows)) if of_part => rows.between(&part.first, &part.last),
            Some(Whole::Rows(rows)) => rows.batch().clone(),
            None => match part.rows.get(self.contract.name) {
                Some(rows) => rows.batch().clone(),
                None => return Ok(Box::new(std::iter::empty())),
            },
        };
        // Of a dataset, only the columns that are needed are there.
        let position = |column: &usize| rows.schema().index_of(self.contract.columns[*column].name);
        let positions = projection.iter().map(position).collect::<Result<Vec<_>, _>>()?;
        let rows = rows.project(&positions)?;
        let count = rows.num_rows();
        let batch = move |start| Ok(rows.slice(start, size.min(count - start)));
        Ok(Box::new((0..count).step_by(size).map(batch)))
    }

    fn row_count(&self) -> Option<usize> {
        match self.whole.as_ref()? {
            Whole::Rows(rows) => Some(rows.batch().num_rows()),
            Whole::Resolved(found) => Some(found.len()),
        }
    }
}

type BatchIterator = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

fn is_in_part(expr: &Expr) -> bool {
    matches!(expr, Expr::ScalarFunction(f) if (f.func.inner().as_ref() as &dyn Any).is::<InPart>()
        && matches!(f.args.as_slice(), [Expr::Column(c)] if c.name == "path"))
}

#[async_trait]
impl TableProvider for PartTable {
    fn schema(&self) -> SchemaRef {
        self.contract.schema()
    }

    fn constraints(&self) -> Option<&Constraints> {
        Some(&self.constraints)
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let kind = |e: &&Expr| match is_in_part(e) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(kind).collect())
    }

    async fn scan(
        &self,
        _session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let projection = projection
            .cloned()
            .unwrap_or_else(|| (0..self.contract.columns.len()).collect());
        let schema = Arc::new(self.contract.schema().project(&projection)?);
        let order = declared_order(self.contract, &schema);
        let equivalences = EquivalenceProperties::new_with_orderings(schema, order);
        let one = Partitioning::UnknownPartitioning(1);
        let properties = PlanProperties::new(equivalences, one, EmissionType::Incremental, Boundedness::Bounded);
        let of_part = self.whole.is_none() || filters.iter().any(is_in_part);
        Ok(Arc::new(PartScanExec {
            table: self.clone(),
            projection,
            of_part,
            properties: Arc::new(properties),
        }))
    }
}

/// Gives the rows that are there when it runs.
#[derive(Debug)]
struct PartScanExec {
    table: PartTable,
    projection: Vec<usize>,
    of_part: bool,
    properties: Arc<PlanProperties>,
}

impl DisplayAs for PartScanExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "PartScanExec: dataset={}, of_part={}",
            self.table.contract.name, self.of_part
        )
    }
}

impl ExecutionPlan for PartScanExec {
    fn name(&self) -> &str {
        "PartScanExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, _partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let size = context.session_config().batch_size().max(1);
        let batches = self.table.batches(self.of_part, &self.projection, size)?;
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema(),
            stream::iter(batches),
        )))
    }

    /// Plans are made before the rows are there, so the sizes are those of a usual part.
    fn statistics_from_inputs(&self, _inputs: &[Arc<Statistics>], _args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        let usual = estimated_rows(self.table.contract.name, PART_BYTES);
        let rows = match self.table.row_count() {
            Some(rows) if !self.of_part => rows,
            _ => usual,
        };
        statistics.num_rows = Precision::Inexact(rows);
        Ok(Arc::new(statistics))
    }
}

#[derive(Debug)]
struct InPart {
    slot: PartSlot,
    signature: Signature,
}

impl PartialEq for InPart {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.slot.0, &other.slot.0)
    }
}

impl Eq for InPart {}

impl Hash for InPart {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.slot.0).hash(state);
    }
}

impl ScalarUDFImpl for InPart {
    fn name(&self) -> &str {
        "in_part"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let paths = args.args[0].to_array(args.number_rows)?;
        if paths.data_type().is_null() {
            // So the engine asks whether a row without a path passes, before it tells the other side of an outer join.
            return Ok(ColumnarValue::Scalar(ScalarValue::Boolean(None)));
        }
        let Some(paths) = paths.as_string_view_opt() else {
            return internal_err!("in_part takes a path");
        };
        let part = self.slot.get();
        let inside = |path: &str| part.first.as_str() <= path && path <= part.last.as_str();
        let values: BooleanArray = paths.iter().map(|path| path.map(inside)).collect();
        Ok(ColumnarValue::Array(Arc::new(values) as ArrayRef))
    }
}
