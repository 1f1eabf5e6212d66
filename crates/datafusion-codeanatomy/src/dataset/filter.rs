//! Predicates on the path of a file, decided before any file is read.

use std::sync::Arc;

use datafusion::arrow::array::{Array, RecordBatch, StringViewArray, cast::AsArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::Session;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, Result, exec_err, internal_err};
use datafusion::logical_expr::expr_rewriter::unnormalize_col;
use datafusion::logical_expr::{Expr, Volatility};
use datafusion::physical_expr::PhysicalExpr;

/// A conjunction of predicates that name no column but `path`.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathFilter {
    predicates: Vec<Arc<dyn PhysicalExpr>>,
}

impl PathFilter {
    /// Whether `expr` can be decided by the path alone, or by nothing at all, the same way every time.
    pub(crate) fn decides(expr: &Expr) -> bool {
        expr.column_refs().iter().all(|c| c.name == "path") && is_repeatable(expr)
    }

    /// The conjunction of `filters`, which the scan has promised to apply: the engine may have simplified them since, but
    /// not to something else than a predicate on the path.
    pub(crate) fn try_new(session: &dyn Session, filters: &[Expr]) -> Result<Self> {
        if let Some(other) = filters.iter().find(|e| !Self::decides(e)) {
            return internal_err!("the filter {other} is not decided by the path");
        }
        let schema = DFSchema::try_from(path_schema())?;
        let predicates = filters
            .iter()
            .map(|e| session.create_physical_expr(unnormalize_col(e.clone()), &schema))
            .collect::<Result<_>>()?;
        Ok(Self { predicates })
    }

    /// Which of `paths` pass.
    pub(crate) fn matches<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Result<Vec<bool>> {
        let paths = StringViewArray::from_iter_values(paths);
        let mut passed = vec![true; paths.len()];
        if self.predicates.is_empty() {
            return Ok(passed);
        }
        let batch = RecordBatch::try_new(Arc::new(path_schema()), vec![Arc::new(paths)])?;
        for predicate in &self.predicates {
            let value = predicate.evaluate(&batch)?.into_array(passed.len())?;
            let Some(value) = value.as_boolean_opt() else {
                return exec_err!("the predicate {predicate} on path is not a truth value");
            };
            for (i, passed) in passed.iter_mut().enumerate() {
                *passed &= value.is_valid(i) && value.value(i);
            }
        }
        Ok(passed)
    }
}

fn path_schema() -> Schema {
    Schema::new(vec![Field::new("path", DataType::Utf8View, false)])
}

fn is_repeatable(expr: &Expr) -> bool {
    let mut repeatable = true;
    // The visitor cannot fail.
    let _ = expr.apply(|e| {
        repeatable &= match e {
            Expr::ScalarFunction(f) => f.func.signature().volatility != Volatility::Volatile,
            Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_) | Expr::OuterReferenceColumn(..) => false,
            _ => true,
        };
        Ok(if repeatable {
            TreeNodeRecursion::Continue
        } else {
            TreeNodeRecursion::Stop
        })
    });
    repeatable
}
