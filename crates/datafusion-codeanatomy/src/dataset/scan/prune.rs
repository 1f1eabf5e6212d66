//! Which files a join may still want: predicates that get known while the query runs.

use std::sync::Arc;

use codeanatomy_extract::file::Entry;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{PhysicalExpr, split_conjunction};
use datafusion::physical_expr_common::physical_expr::{snapshot_generation, snapshot_physical_expr};

use crate::dataset::filter::FileFilter;

/// Decides by those conjuncts of predicates that name no column but `path`.
pub(super) struct FilePruner {
    predicates: Vec<Arc<dyn PhysicalExpr>>,
    schema: SchemaRef,
    generation: Option<u64>,
    /// As of `generation`.
    current: FileFilter,
}

impl FilePruner {
    /// `predicates` are over rows of `schema`.
    pub(super) fn new(predicates: &[Arc<dyn PhysicalExpr>], schema: &SchemaRef) -> Self {
        Self {
            predicates: predicates.to_vec(),
            schema: Arc::clone(schema),
            generation: None,
            current: FileFilter::default(),
        }
    }

    /// Which of the files may have rows that are wanted.
    pub(super) fn wanted(&mut self, files: &[Entry]) -> Result<Vec<usize>> {
        self.refresh()?;
        if self.current.is_empty() {
            return Ok((0..files.len()).collect());
        }
        let passed = self.current.matches(files.iter().map(|f| f.path.as_str()))?;
        let wanted = passed.into_iter().enumerate().filter(|&(_, passed)| passed);
        Ok(wanted.map(|(file, _)| file).collect())
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
        let mut current = vec![];
        for predicate in &self.predicates {
            let predicate = snapshot_physical_expr(Arc::clone(predicate))?;
            for conjunct in split_conjunction(&predicate) {
                let columns = collect_columns(conjunct);
                if columns.len() == 1 && columns.iter().all(|c| self.is_path(c)) {
                    current.push(on_paths(Arc::clone(conjunct))?);
                }
            }
        }
        self.current = FileFilter::on_paths(current);
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
