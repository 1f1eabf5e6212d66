//! Windows on top of each other, with projections between them, as one definition over one input.

use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_expr::PhysicalSortExpr;
use datafusion::physical_expr::expressions::{Column, Literal};
use datafusion::physical_expr::window::WindowExpr;
use datafusion::physical_expr_common::physical_expr::is_volatile;
use datafusion::physical_expr_common::sort_expr::LexOrdering;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, PhysicalExpr};

use super::bound::rank_column;
use super::definition::{Definition, common};
use super::order::effective;
use super::report::{Question, question, ranking};
use crate::winner::spec::{Report, Retention};

/// Windows and projections, from the top.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) nodes: Vec<Arc<dyn ExecutionPlan>>,
    pub(super) first_window: usize,
}

/// A window function of a stack: which node, and which of its functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    node: usize,
    function: usize,
}

/// What a stack says, over its input.
#[derive(Debug)]
pub(super) struct Fused {
    pub(super) input: Arc<dyn ExecutionPlan>,
    /// Whether no window of the stack is left below.
    pub(super) is_whole: bool,
    pub(super) partition_by: Vec<Arc<dyn PhysicalExpr>>,
    pub(super) order_by: Vec<PhysicalSortExpr>,
    /// The order as far as it was written, of which the other is the start.
    pub(super) written: Vec<PhysicalSortExpr>,
    /// Those that are asked for above.
    pub(super) reports: Vec<Report>,
    /// The columns of the first window's node, over the input's columns followed by the reports, and their names.
    pub(super) columns: Vec<(Arc<dyn PhysicalExpr>, String)>,
}

impl Fused {
    /// Whether the rows of every partition come in the order of the windows already.
    pub(super) fn is_sorted(&self) -> Result<bool> {
        let properties = self.input.equivalence_properties();
        let (keys, _) = properties.find_longest_permutation(&self.partition_by)?;
        if keys.len() < self.partition_by.len() {
            return Ok(false);
        }
        LexOrdering::new(keys.into_iter().chain(self.written.iter().cloned()))
            .map_or(Ok(true), |ordering| properties.ordering_satisfy(ordering))
    }
}

/// The functions of a node, if it is a window.
fn functions(node: &Arc<dyn ExecutionPlan>) -> Option<&[Arc<dyn WindowExpr>]> {
    match node.downcast_ref::<BoundedWindowAggExec>() {
        Some(window) => Some(window.window_expr()),
        None => node.downcast_ref::<WindowAggExec>().map(WindowAggExec::window_expr),
    }
}

pub(super) fn is_window(node: &Arc<dyn ExecutionPlan>) -> bool {
    functions(node).is_some()
}

impl Stack {
    /// The stack whose first node is `top`, if there is a window in it.
    pub(super) fn below(top: &Arc<dyn ExecutionPlan>) -> Option<Self> {
        let mut nodes = vec![];
        let mut node = top;
        while is_window(node) || node.is::<ProjectionExec>() {
            nodes.push(Arc::clone(node));
            node = node.children().first().copied()?;
        }
        let first_window = nodes.iter().position(is_window)?;
        Some(Self { nodes, first_window })
    }

    /// The ranking function that gives a column of the first node.
    pub(super) fn ranking(&self, mut column: usize) -> Option<(Place, Retention)> {
        for (node, plan) in self.nodes.iter().enumerate() {
            let Some(functions) = functions(plan) else {
                let projection = plan.downcast_ref::<ProjectionExec>()?;
                column = rank_column(&projection.expr().get(column)?.expr)?;
                continue;
            };
            let before = plan.schema().fields().len() - functions.len();
            if column >= before {
                let function = column - before;
                let retention = ranking(functions.get(function)?)?;
                return Some((Place { node, function }, retention));
            }
        }
        None
    }

    /// The first ranking function; a `row_number()` if there is one, since others may rank by less of the order.
    pub(super) fn first_ranking(&self) -> Option<Place> {
        let places = self.nodes.iter().enumerate().flat_map(|(node, plan)| {
            let functions = functions(plan).unwrap_or_default().iter().enumerate();
            functions.map(move |(i, function)| (Place { node, function: i }, function))
        });
        places
            .filter_map(|(place, function)| Some((ranking(function)?, place)))
            .min_by_key(|(retention, place)| (*retention != Retention::RowNumber, place.node, place.function))
            .map(|(_, place)| place)
    }

    /// All windows from the first down to that of `place`, and as many below as say something of the same definition, as one.
    /// None if one of the former does not.
    pub(super) fn fuse(&self, place: Place) -> Result<Option<Fused>> {
        let mut best = None;
        for bottom in (place.node..self.nodes.len()).filter(|i| is_window(&self.nodes[*i])) {
            match self.fuse_down_to(bottom, place)? {
                // The engine's windows may stream what never ends.
                Some(fused) if fused.input.boundedness().is_unbounded() => break,
                Some(fused) => best = Some(fused),
                None => break,
            }
        }
        Ok(best)
    }

    fn fuse_down_to(&self, bottom: usize, place: Place) -> Result<Option<Fused>> {
        let Some(&input) = self.nodes[bottom].children().first() else {
            return Ok(None);
        };
        let fields = input.schema();
        let width = fields.fields().len();
        let mut columns: Vec<Arc<dyn PhysicalExpr>> = (0..width)
            .map(|i| Arc::new(Column::new(fields.field(i).name(), i)) as _)
            .collect();
        // The functions in the order of their columns, which follow those of the input.
        let (mut asked, mut answer_fields) = (vec![], vec![]);
        let mut main = None;
        for (i, node) in self.nodes[self.first_window..=bottom].iter().enumerate().rev() {
            let Some(functions) = functions(node) else {
                let Some(projected) = node.downcast_ref::<ProjectionExec>().and_then(|p| project(p, &columns)) else {
                    return Ok(None);
                };
                columns = projected;
                continue;
            };
            let schema = node.schema();
            let known = columns.clone();
            for (f, function) in functions.iter().enumerate() {
                let Some(resolved) = resolve(function, &known, &fields)? else {
                    return Ok(None);
                };
                if (self.first_window + i, f) == (place.node, place.function) {
                    main = Some(asked.len());
                }
                let field = Arc::clone(&schema.fields()[known.len() + f]);
                columns.push(Arc::new(Column::new(field.name(), width + asked.len())));
                answer_fields.push(field);
                asked.push(resolved);
            }
        }
        let Some(common) = main.map(|main| common(&asked, main, &fields)).transpose()?.flatten() else {
            return Ok(None);
        };
        let reports = answer_fields.into_iter().zip(common.answers);
        let reports = reports.map(|(field, kind)| Report { field, kind }).collect();
        let (columns, reports) = only_used(columns, reports, width);
        let names = self.nodes[self.first_window].schema();
        let names = names.fields().iter().map(|f| f.name().clone());
        Ok(Some(Fused {
            input: Arc::clone(input),
            is_whole: !self.nodes[bottom + 1..].iter().any(is_window),
            partition_by: common.definition.partition_by,
            order_by: common.definition.order_by,
            written: common.written,
            reports,
            columns: columns.into_iter().zip(names).collect(),
        }))
    }
}

/// The columns of a projection over what its input's columns are; only those that are columns or literals can be moved.
fn project(projection: &ProjectionExec, columns: &[Arc<dyn PhysicalExpr>]) -> Option<Vec<Arc<dyn PhysicalExpr>>> {
    let moved = projection.expr().iter().map(|p| match p.expr.downcast_ref::<Column>() {
        Some(column) => columns.get(column.index()).map(Arc::clone),
        None => p.expr.is::<Literal>().then(|| Arc::clone(&p.expr)),
    });
    moved.collect()
}

/// `expr` over the input, if it needs no window's column and is not volatile.
fn over(
    expr: &Arc<dyn PhysicalExpr>,
    columns: &[Arc<dyn PhysicalExpr>],
    width: usize,
) -> Result<Option<Arc<dyn PhysicalExpr>>> {
    let mut is_over_input = !is_volatile(expr);
    let expr = Arc::clone(expr).transform_up(|node| {
        let Some(column) = node.downcast_ref::<Column>() else {
            return Ok(Transformed::no(node));
        };
        let Some(known) = columns.get(column.index()) else {
            is_over_input = false;
            return Ok(Transformed::no(node));
        };
        is_over_input &= known.downcast_ref::<Column>().is_none_or(|c| c.index() < width);
        Ok(Transformed::yes(Arc::clone(known)))
    });
    Ok(Some(expr.data()?).filter(|_| is_over_input))
}

/// The question of a function, over the input.
fn resolve(
    function: &Arc<dyn WindowExpr>,
    columns: &[Arc<dyn PhysicalExpr>],
    input: &Schema,
) -> Result<Option<(Question, Definition)>> {
    let width = input.fields().len();
    let question = match question(function) {
        None => return Ok(None),
        Some(Question::Next(expr)) => match over(&expr, columns, width)? {
            Some(expr) => Question::Next(expr),
            None => return Ok(None),
        },
        Some(question) => question,
    };
    let mut partition_by = vec![];
    for expr in function.partition_by() {
        let Some(expr) = over(expr, columns, width)? else {
            return Ok(None);
        };
        partition_by.push(expr);
    }
    let mut order_by = vec![];
    for sort in function.order_by() {
        let Some(expr) = over(&sort.expr, columns, width)? else {
            return Ok(None);
        };
        order_by.push(PhysicalSortExpr::new(expr, sort.options));
    }
    let order_by = effective(order_by, &partition_by, input)?;
    Ok(Some((question, Definition { partition_by, order_by })))
}

/// The reports that `columns` name, and `columns` over them.
fn only_used(
    columns: Vec<Arc<dyn PhysicalExpr>>,
    reports: Vec<Report>,
    width: usize,
) -> (Vec<Arc<dyn PhysicalExpr>>, Vec<Report>) {
    let index = |expr: &Arc<dyn PhysicalExpr>| expr.downcast_ref::<Column>().map(Column::index);
    let mut places: Vec<Option<usize>> = vec![None; reports.len()];
    for i in columns.iter().filter_map(index).filter(|i| *i >= width) {
        places[i - width] = Some(0);
    }
    for (next, place) in (width..).zip(places.iter_mut().flatten()) {
        *place = next;
    }
    let moved = |expr: Arc<dyn PhysicalExpr>| match expr.downcast_ref::<Column>() {
        Some(column) if column.index() >= width => {
            let place = places[column.index() - width].unwrap_or(column.index());
            Arc::new(Column::new(column.name(), place)) as Arc<dyn PhysicalExpr>
        }
        _ => expr,
    };
    let columns = columns.into_iter().map(moved).collect();
    let used = reports.into_iter().zip(&places).filter(|(_, place)| place.is_some());
    (columns, used.map(|(report, _)| report).collect())
}
