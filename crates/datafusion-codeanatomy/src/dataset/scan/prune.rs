//! Which files a join may still want: predicates that get known while the query runs.

use std::sync::Arc;

use codeanatomy_extract::file::Entry;
use datafusion::arrow::array::{Array, AsArray, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{PhysicalExpr, split_conjunction};
use datafusion::physical_expr_common::physical_expr::{snapshot_generation, snapshot_physical_expr};

use crate::dataset::filter::path_schema;

/// Decides by those conjuncts of predicates that name no column but `path`.
pub(super) struct FilePruner {
    predicates: Vec<Arc<dyn PhysicalExpr>>,
    schema: SchemaRef,
    generation: Option<u64>,
    /// As of `generation`, on a batch of paths alone.
    current: Vec<Arc<dyn PhysicalExpr>>,
}

impl FilePruner {
    /// `predicates` are over rows of `schema`.
    pub(super) fn new(predicates: &[Arc<dyn PhysicalExpr>], schema: &SchemaRef) -> Self {
        Self {
            predicates: predicates.to_vec(),
            schema: Arc::clone(schema),
            generation: None,
            current: vec![],
        }
    }

    /// The files that may have rows that are wanted.
    pub(super) fn wanted<'e>(&mut self, files: &'e [Entry]) -> Result<Vec<&'e Entry>> {
        self.refresh()?;
        if self.current.is_empty() {
            return Ok(files.iter().collect());
        }
        let paths = StringViewArray::from_iter_values(files.iter().map(|f| f.path.as_str()));
        let batch = RecordBatch::try_new(Arc::new(path_schema()), vec![Arc::new(paths)])?;
        let mut wanted: Vec<&Entry> = files.iter().collect();
        let mut passed = vec![true; files.len()];
        for predicate in &self.current {
            let value = predicate.evaluate(&batch)?.into_array(files.len())?;
            let Some(value) = value.as_boolean_opt() else { continue };
            for (i, passed) in passed.iter_mut().enumerate() {
                *passed &= value.is_valid(i) && value.value(i);
            }
        }
        let mut passed = passed.into_iter();
        wanted.retain(|_| passed.next().unwrap_or(true));
        Ok(wanted)
    }

    fn refresh(&mut self) -> Result<()> {
        let generation = self
            .predicates
            .iter()
            .map(snapshot_generation)
            .fold(0, u64::wrapping_add);
        if self.generation == Some(generation) {
            return Ok(());
        }
        self.generation = Some(generation);
        self.current.clear();
        for predicate in &self.predicates {
            let predicate = snapshot_physical_expr(Arc::clone(predicate))?;
            for conjunct in split_conjunction(&predicate) {
                let columns = collect_columns(conjunct);
                if columns.len() == 1 && columns.iter().all(|c| self.is_path(c)) {
                    self.current.push(on_paths(Arc::clone(conjunct))?);
                }
            }
        }
        Ok(())
    }

    fn is_path(&self, column: &Column) -> bool {
        self.schema
            .fields()
            .get(column.index())
            .is_some_and(|field| field.name() == "path")
    }
}

fn on_paths(predicate: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
    let place = |expr: Arc<dyn PhysicalExpr>| {
        let is_column = expr.downcast_ref::<Column>().is_some();
        Ok(if is_column {
            Transformed::yes(Arc::new(Column::new("path", 0)) as Arc<dyn PhysicalExpr>)
        } else {
            Transformed::no(expr)
        })
    };
    Ok(predicate.transform_up(place)?.data)
}
