//! What the query of a dataset may name: the datasets of its source and the engine's functions.

use std::sync::{Arc, LazyLock};

use codeanatomy_extract::CaptureQuery;
use codeanatomy_model::dataset::TsCaptureRow;
use codeanatomy_model::{Language, Row, find};
use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, Result, TableReference, plan_err};
use datafusion::config::ConfigOptions;
use datafusion::datasource::provider_as_source;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::planner::{ContextProvider, ExprPlanner};
use datafusion::logical_expr::{AggregateUDF, HigherOrderUDF, LogicalPlan, ScalarUDF, TableSource, WindowUDF};
use datafusion::sql::parser::DFParser;
use datafusion::sql::planner::SqlToRel;

use crate::dataset::{DatasetOptions, DatasetTable};
use crate::source::Source;

/// The engine as it comes: a query of ours means the same in every session.
static ENGINE: LazyLock<SessionState> = LazyLock::new(|| SessionStateBuilder::new().with_default_features().build());

/// The table of what tree-sitter's grammar of Python finds by the `tags` query that is published with it.
const PYTHON_TAGS: (&str, &str) = ("python_tags", include_str!("python_tags.scm"));

/// Plans a query over the datasets of a source, read as `options` say.
pub(super) fn plan(source: Source, options: DatasetOptions, sql: &str) -> Result<LogicalPlan> {
    let Some(statement) = DFParser::parse_sql(sql)?.pop_front() else {
        return plan_err!("the query of a dataset is empty");
    };
    SqlToRel::new(&Datasets { source, options }).statement_to_plan(statement)
}

struct Datasets {
    source: Source,
    options: DatasetOptions,
}

impl ContextProvider for Datasets {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        let table: Arc<dyn TableProvider> = match (name.table(), find(name.table())) {
            (table, _) if table == PYTHON_TAGS.0 => {
                let query = CaptureQuery::new(PYTHON_TAGS.1, Some(Language::Python))
                    .map_err(|e| DataFusionError::Plan(e.to_string()))?;
                let options = DatasetOptions {
                    query: Some(query),
                    ..DatasetOptions::default()
                };
                let table = DatasetTable::new(self.source.clone(), TsCaptureRow::CONTRACT);
                Arc::new(table.with_options(options))
            }
            (_, Some(contract)) => {
                Arc::new(DatasetTable::new(self.source.clone(), contract).with_options(self.options.clone()))
            }
            (table, None) => return plan_err!("the query of a dataset names the table {table}, which is no dataset"),
        };
        Ok(provider_as_source(table))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        ENGINE.expr_planners()
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        ENGINE.scalar_functions().get(name).cloned()
    }

    fn get_higher_order_meta(&self, _name: &str) -> Option<Arc<HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        ENGINE.aggregate_functions().get(name).cloned()
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        ENGINE.window_functions().get(name).cloned()
    }

    fn get_variable_type(&self, _names: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        ENGINE.config_options()
    }

    fn udf_names(&self) -> Vec<String> {
        vec![]
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        vec![]
    }

    fn udaf_names(&self) -> Vec<String> {
        vec![]
    }

    fn udwf_names(&self) -> Vec<String> {
        vec![]
    }
}
