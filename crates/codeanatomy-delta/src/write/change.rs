//! `UPDATE`, `DELETE` and `MERGE`: changes of rows that are there.

use std::fmt;
use std::sync::{Arc, PoisonError};

use datafusion::arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Column, Result, exec_err, internal_err};
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::logical_expr::Expr;
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DataFusionMixins;
use deltalake::kernel::transaction::CommitProperties;
use futures::stream;

use super::contract_exec::Failure;
use super::{Merge, Origin, fingerprint, properties, session};
use crate::error::of_table;
use crate::open::Place;

/// A change, with the session in which it is made.
#[derive(Clone)]
pub(crate) struct Change {
    kind: Kind,
    session: Result<SessionState, String>,
    commit: CommitProperties,
}

#[derive(Clone)]
enum Kind {
    Delete {
        predicate: Option<Expr>,
    },
    Update {
        predicate: Option<Expr>,
        values: Vec<(String, Expr)>,
    },
    Merge(Box<Merge>),
}

impl Change {
    /// Rows go for which `predicate` is true; all, without one.
    pub(crate) fn delete(session: &dyn Session, rule: Option<&str>, predicate: Option<Expr>) -> Self {
        let origin = Origin { rule, input: None };
        Self::new(session, Kind::Delete { predicate }, origin)
    }

    /// Columns get values in the rows for which `predicate` is true; in all, without one.
    pub(crate) fn update(
        session: &dyn Session,
        rule: Option<&str>,
        predicate: Option<Expr>,
        values: Vec<(String, Expr)>,
    ) -> Self {
        let origin = Origin { rule, input: None };
        Self::new(session, Kind::Update { predicate, values }, origin)
    }

    pub(crate) fn merge(session: &dyn Session, rule: Option<&str>, merge: Merge) -> Self {
        let input = fingerprint::of_input(merge.source.as_ref());
        let origin = Origin {
            rule,
            input: Some(&input),
        };
        Self::new(session, Kind::Merge(Box::new(merge)), origin)
    }

    fn new(session: &dyn Session, kind: Kind, origin: Origin<'_>) -> Self {
        Self {
            kind,
            commit: properties(session, origin),
            session: session::of_delta(session).map_err(|e| e.strip_backtrace()),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Delete { .. } => "DELETE",
            Kind::Update { .. } => "UPDATE",
            Kind::Merge(_) => "MERGE",
        }
    }

    /// Makes it, and says how many rows it changed; none, where the log does not say how many there were.
    async fn run(self, shown: &str, table: DeltaTable, context: Arc<TaskContext>) -> Result<Option<u64>> {
        let failure = Failure::default();
        let made = self.make(shown, table, context, &failure).await;
        match failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(broken) => Err(broken),
            None => made,
        }
    }

    async fn make(
        self,
        shown: &str,
        table: DeltaTable,
        context: Arc<TaskContext>,
        failure: &Failure,
    ) -> Result<Option<u64>> {
        let failed = |e| of_table(shown, e);
        let mut session = match self.session {
            Ok(session) => session,
            Err(message) => return exec_err!("{message}"),
        };
        if !matches!(self.kind, Kind::Delete { .. }) {
            let columns = table.snapshot().map_err(failed)?.snapshot().read_schema();
            session = session::checking(session, shown, &table, &columns, failure)?;
        }
        match self.kind {
            Kind::Delete { predicate } => {
                let mut delete = table
                    .delete()
                    .with_session_state(Arc::new(session))
                    .with_commit_properties(self.commit);
                if let Some(predicate) = predicate {
                    delete = delete.with_predicate(predicate);
                }
                let (_, done) = delete.await.map_err(failed)?;
                Ok(done.num_deleted_rows.map(|n| n as u64))
            }
            Kind::Update { predicate, values } => {
                let mut update = table
                    .update()
                    .with_session_state(Arc::new(session))
                    .with_commit_properties(self.commit);
                for (column, value) in values {
                    update = update.with_update(Column::from_name(column), value);
                }
                if let Some(predicate) = predicate {
                    update = update.with_predicate(predicate);
                }
                let (_, done) = update.await.map_err(failed)?;
                Ok(Some(done.num_updated_rows as u64))
            }
            Kind::Merge(merge) => {
                let builder = merge
                    .builder(table, session, context)
                    .map_err(|e| e.context(shown.to_string()))?;
                let (_, done) = builder.with_commit_properties(self.commit).await.map_err(failed)?;
                let changed =
                    done.num_target_rows_inserted + done.num_target_rows_updated + done.num_target_rows_deleted;
                Ok(Some(changed as u64))
            }
        }
    }
}

/// Makes a change when it runs, and gives one row: how many rows it changed.
pub(crate) struct ChangeExec {
    place: Place,
    table: DeltaTable,
    change: Change,
    properties: Arc<PlanProperties>,
}

impl ChangeExec {
    pub(crate) fn new(place: Place, table: DeltaTable, change: Change) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema()),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        Self {
            place,
            table,
            change,
            properties: Arc::new(properties),
        }
    }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("count", DataType::UInt64, true)]))
}

impl fmt::Debug for ChangeExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeExec")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl DisplayAs for ChangeExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Kind::Delete { predicate } | Kind::Update { predicate, .. }) = &self.change.kind else {
            return write!(f, "DeltaChangeExec: MERGE");
        };
        write!(f, "DeltaChangeExec: {}", self.change.name())?;
        if let Some(predicate) = predicate {
            write!(f, ", predicate={predicate}")?;
        }
        Ok(())
    }
}

impl ExecutionPlan for ChangeExec {
    fn name(&self) -> &str {
        "DeltaChangeExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        match &self.change.kind {
            Kind::Merge(merge) => vec![&merge.source],
            Kind::Delete { .. } | Kind::Update { .. } => vec![],
        }
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut change = self.change.clone();
        match (&mut change.kind, children.into_iter().next()) {
            (Kind::Merge(merge), Some(source)) => merge.source = source,
            (Kind::Merge(_), None) => return internal_err!("a MERGE has a source"),
            _ => {}
        }
        Ok(Arc::new(Self::new(self.place.clone(), self.table.clone(), change)))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, _partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let (place, table, change) = (self.place.clone(), self.table.clone(), self.change.clone());
        let done = async move {
            let rows = change.run(place.location.shown(), table, context).await?;
            let count = Arc::new(UInt64Array::from(vec![rows])) as ArrayRef;
            Ok(RecordBatch::try_new(schema(), vec![count])?)
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema(), stream::once(done))))
    }
}
