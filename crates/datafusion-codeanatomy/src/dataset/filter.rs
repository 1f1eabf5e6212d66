//! Predicates on the path and the language of a file, decided before any file is read.

use std::sync::Arc;

use codeanatomy_model::{Contract, Language, Languages};
use datafusion::arrow::array::{Array, RecordBatch, StringViewArray, cast::AsArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::Session;
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{DFSchema, Result, exec_err, internal_err};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr_rewriter::unnormalize_col;
use datafusion::physical_expr::PhysicalExpr;

use super::module_filter::ModuleFilter;
use crate::source::Files;

/// A conjunction of predicates that name no column but `path` and `language`, and of what others say of modules.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileFilter {
    predicates: Vec<Arc<dyn PhysicalExpr>>,
    modules: Vec<ModuleFilter>,
}

impl FileFilter {
    /// Whether `expr`, a predicate on rows of `contract`, can be decided by the name of the file, or by nothing at all, the
    /// same way every time. What an index says of a language is not that of a file.
    pub(crate) fn decides(contract: &Contract, expr: &Expr) -> bool {
        let is_known = |name: &str| name == "path" || (name == "language" && contract.inputs != Languages::SCIP);
        expr.column_refs().iter().all(|c| is_known(&c.name)) && is_repeatable(expr)
    }

    /// The conjunction of `filters`, which the scan has promised to apply: the engine may have simplified them since, but
    /// not to something else than a predicate on the file.
    pub(crate) fn try_new(session: &dyn Session, contract: &Contract, filters: &[Expr]) -> Result<Self> {
        if let Some(other) = filters.iter().find(|e| !Self::decides(contract, e)) {
            return internal_err!("the filter {other} is not decided by the file");
        }
        let schema = DFSchema::try_from(file_schema())?;
        let predicates = filters
            .iter()
            .map(|e| session.create_physical_expr(unnormalize_col(e.clone()), &schema))
            .collect::<Result<_>>()?;
        Ok(Self {
            predicates,
            modules: vec![],
        })
    }

    /// The conjunction of `predicates`, whose only column is `path`, the first.
    pub(crate) fn on_paths(predicates: Vec<Arc<dyn PhysicalExpr>>) -> Self {
        Self {
            predicates,
            modules: vec![],
        }
    }

    /// The same, and what predicates on names say.
    pub(crate) fn with_modules(self, modules: Vec<ModuleFilter>) -> Self {
        Self { modules, ..self }
    }

    /// What predicates on names say.
    pub(crate) fn modules(&self) -> &[ModuleFilter] {
        &self.modules
    }

    /// Those of the files that pass.
    pub(crate) fn select(&self, files: &Files) -> Result<Files> {
        let mut passed = self.matches(files.entries.iter().map(|f| f.path.as_str()))?;
        for (passed, file) in passed.iter_mut().zip(files.entries.iter()) {
            *passed &= self.modules.iter().all(|m| m.may_pass(file));
        }
        if passed.iter().all(|passed| *passed) {
            return Ok(files.clone());
        }
        let chosen = files.entries.iter().zip(passed).filter(|(_, passed)| *passed);
        Ok(files.with_entries(chosen.map(|(entry, _)| entry.clone()).collect()))
    }

    /// Whether every file passes.
    pub(crate) fn is_empty(&self) -> bool {
        self.predicates.is_empty()
    }

    /// Which files pass, of which these are the paths. Their ends say the languages.
    pub(crate) fn matches<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Result<Vec<bool>> {
        let paths = StringViewArray::from_iter_values(paths);
        let mut passed = vec![true; paths.len()];
        if self.predicates.is_empty() {
            return Ok(passed);
        }
        let language = |path: Option<&str>| path.and_then(Language::of_path).map(Language::name);
        let languages: StringViewArray = paths.iter().map(language).collect();
        let batch = RecordBatch::try_new(Arc::new(file_schema()), vec![Arc::new(paths), Arc::new(languages)])?;
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

fn file_schema() -> Schema {
    let language = Field::new("language", DataType::Utf8View, true);
    Schema::new(vec![Field::new("path", DataType::Utf8View, false), language])
}

/// Whether a predicate says the same of a row every time, by the row alone.
pub(super) fn is_repeatable(expr: &Expr) -> bool {
    let reads_other_rows = |e: &Expr| {
        Ok(matches!(
            e,
            Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_) | Expr::OuterReferenceColumn(..)
        ))
    };
    // The visitor cannot fail.
    !expr.is_volatile() && !expr.exists(reads_other_rows).unwrap_or(true)
}
