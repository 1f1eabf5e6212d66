//! The rule `filter_by_id`: an id that is asked for by its parts says of which file it is.
//!
//! ```text
//! Filter: definitions.def_id = stable_id('def', 'shop/rules.py', 'rule', 'function', 0)
//! becomes
//! Filter: definitions.def_id = stable_id('def', 'shop/rules.py', 'rule', 'function', 0) AND definitions.path = 'shop/rules.py'
//! ```
//!
//! No file follows from an id, which is a hash; one follows from its parts, as they stand in a query. So the rule comes before the
//! engine computes the id. It knows the ids of datasets, of which the contracts say the parts, and those of nodes of a stored graph,
//! which are ids of datasets: a scan then reads one file, or the row groups of one.

use std::any::Any;

use codeanatomy_functions::id_parts;
use codeanatomy_model::{CATALOGUE, Contract};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, ExprSchema, Result, ScalarValue};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Filter, LogicalPlan, Operator, TableScan, lit};
use datafusion::optimizer::AnalyzerRule;

use crate::dataset::DatasetTable;
use crate::settings::Settings;
use crate::store::is_stored;

/// The rule.
#[derive(Debug)]
pub(crate) struct FilterById;

impl AnalyzerRule for FilterById {
    fn analyze(&self, plan: LogicalPlan, config: &ConfigOptions) -> Result<LogicalPlan> {
        if !Settings::of(config).narrow_filters {
            return Ok(plan);
        }
        let rewrite = |node| match node {
            LogicalPlan::Filter(filter) => with_paths(filter).map(|f| f.update_data(LogicalPlan::Filter)),
            node => Ok(Transformed::no(node)),
        };
        Ok(plan.transform_down_with_subqueries(rewrite)?.data)
    }

    fn name(&self) -> &str {
        "filter_by_id"
    }
}

/// The filter with what its ids say of paths.
fn with_paths(filter: Filter) -> Result<Transformed<Filter>> {
    let conjuncts = split_conjunction(&filter.predicate);
    let found = conjuncts.iter().filter_map(|one| path_of(one, &filter.input));
    let found: Vec<_> = found.filter(|path| !conjuncts.contains(&path)).collect();
    let Some(paths) = found.into_iter().reduce(Expr::and) else {
        return Ok(Transformed::no(filter));
    };
    let predicate = filter.predicate.and(paths);
    Ok(Transformed::yes(Filter::try_new(predicate, filter.input)?))
}

/// What a conjunct says of a path, if it compares an id with its parts.
fn path_of(conjunct: &Expr, input: &LogicalPlan) -> Option<Expr> {
    let (id, calls): (_, Vec<&Expr>) = match conjunct {
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: Operator::Eq | Operator::IsNotDistinctFrom,
            right,
        }) => match (left.as_ref(), right.as_ref()) {
            (Expr::Column(id), call) | (call, Expr::Column(id)) => (id, vec![call]),
            _ => return None,
        },
        Expr::InList(InList {
            expr,
            list,
            negated: false,
        }) => match expr.as_ref() {
            Expr::Column(id) => (id, list.iter().collect()),
            _ => return None,
        },
        _ => return None,
    };
    let (scan, column) = origin(input, id)?;
    let paths = calls
        .iter()
        .map(|call| path_in(call, scan, column))
        .collect::<Option<Vec<_>>>()?;
    let is_path = |c: &Column| origin(input, c).is_some_and(|(of, name)| std::ptr::eq(of, scan) && name == "path");
    let path = input.schema().columns().into_iter().find(is_path)?;
    // Types are coerced already.
    let ty = input.schema().data_type(&path).ok()?;
    let paths = paths.into_iter().map(|path| Some(lit(path.cast_to(ty).ok()?)));
    let paths = paths.collect::<Option<Vec<_>>>()?;
    match &paths[..] {
        [one] => Some(Expr::Column(path).eq(one.clone())),
        _ => Some(Expr::Column(path).in_list(paths, false)),
    }
}

/// The scan that a column comes from as it is, and its name there.
fn origin<'a>(plan: &'a LogicalPlan, column: &Column) -> Option<(&'a TableScan, &'a str)> {
    let (mut plan, mut index) = (plan, plan.schema().maybe_index_of_column(column)?);
    loop {
        plan = match plan {
            LogicalPlan::TableScan(scan) => return Some((scan, scan.projected_schema.field(index).name().as_str())),
            LogicalPlan::SubqueryAlias(alias) => alias.input.as_ref(),
            LogicalPlan::Filter(filter) => filter.input.as_ref(),
            LogicalPlan::Projection(projection) => {
                let mut expr = projection.expr.get(index)?;
                while let Expr::Alias(alias) = expr {
                    expr = &alias.expr;
                }
                let Expr::Column(column) = expr else { return None };
                index = projection.input.schema().maybe_index_of_column(column)?;
                projection.input.as_ref()
            }
            _ => return None,
        };
    }
}

/// The path among the parts of a call that makes ids of this column.
fn path_in<'a>(call: &'a Expr, scan: &TableScan, column: &str) -> Option<&'a ScalarValue> {
    let (prefix, parts) = id_parts(call)?;
    let contract = contract_of(prefix, scan, column)?;
    let recipe = contract.id?.parts;
    let place = recipe.iter().position(|part| *part == "path")?;
    match parts.get(place).filter(|_| parts.len() == recipe.len())? {
        Expr::Literal(path, _) => path.try_as_str().flatten().map(|_| path),
        _ => None,
    }
}

/// The dataset whose ids with this prefix are in the column.
fn contract_of(prefix: &str, scan: &TableScan, column: &str) -> Option<&'static Contract> {
    let has_prefix = |c: &&'static Contract| c.id.is_some_and(|id| id.prefix == prefix);
    let provider = source_as_provider(&scan.source).ok()?;
    let table: &dyn Any = provider.as_ref();
    if let Some(dataset) = table.downcast_ref::<DatasetTable>() {
        return Some(dataset.contract())
            .filter(|c| c.id.is_some_and(|id| id.column == column))
            .filter(has_prefix);
    }
    let is_node = column == "node_id" && is_stored(provider.as_ref(), "cpg_nodes");
    CATALOGUE
        .iter()
        .copied()
        .filter(|c| is_node && c.node.is_some())
        .find(has_prefix)
}
