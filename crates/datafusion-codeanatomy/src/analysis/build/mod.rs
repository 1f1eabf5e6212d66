//! From a logical plan to rows and terms.

mod expr;
mod group;
mod join;
mod scan;

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::{DFSchemaRef, Result, plan_err};
use datafusion::execution::SessionState;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{Distinct, Expr, LogicalPlan, SortExpr};

use super::term::{Key, MOST_PARTS, Place, Relation, Rows, Term};

/// What an analysed plan means.
pub(super) fn relation(plan: &LogicalPlan, state: &SessionState) -> Result<Relation> {
    let catalog = &state.config_options().catalog;
    let mut builder = Builder {
        default_catalog: catalog.default_catalog.clone(),
        default_schema: catalog.default_schema.clone(),
        places: 0,
        recursive: vec![],
        outer: vec![],
        arguments: vec![],
    };
    builder.relation(plan)
}

/// What names of columns stand for: the sides of a join, or one input.
#[derive(Debug, Clone, Default)]
struct Scope {
    sides: Vec<(DFSchemaRef, Vec<Term>)>,
}

impl Scope {
    fn of(plan: &LogicalPlan, relation: &Relation) -> Self {
        Self {
            sides: vec![(Arc::clone(plan.schema()), relation.columns.clone())],
        }
    }
}

struct Builder {
    default_catalog: String,
    default_schema: String,
    /// How many there are.
    places: Place,
    /// The recursive queries around, by name, innermost last.
    recursive: Vec<(String, Place)>,
    /// The queries around, innermost last.
    outer: Vec<Scope>,
    /// What parameters of functions of SQL stand for, innermost last.
    arguments: Vec<BTreeMap<String, Term>>,
}

impl Builder {
    fn place(&mut self) -> Place {
        self.places += 1;
        self.places
    }

    fn relation(&mut self, plan: &LogicalPlan) -> Result<Relation> {
        match plan {
            LogicalPlan::Projection(node) => {
                let input = self.relation(&node.input)?;
                let columns = self.terms(&node.expr, &Scope::of(&node.input, &input))?;
                Ok(Relation { columns, ..input })
            }
            LogicalPlan::Filter(node) => {
                let input = self.relation(&node.input)?;
                let scope = Scope::of(&node.input, &input);
                let predicates = split_conjunction(&node.predicate);
                let conditions = Term::spliced("AND", self.terms(predicates, &scope)?);
                Ok(Relation {
                    rows: select(vec![input.rows], conditions, node.predicate.is_volatile()),
                    ..input
                })
            }
            LogicalPlan::SubqueryAlias(node) => self.relation(&node.input),
            LogicalPlan::Subquery(node) => self.relation(&node.subquery),
            LogicalPlan::Repartition(node) => {
                let input = self.relation(&node.input)?;
                Ok(Relation { order: vec![], ..input })
            }
            LogicalPlan::Sort(node) => {
                let input = self.relation(&node.input)?;
                let order = self.keys(&node.expr, &Scope::of(&node.input, &input))?;
                let rows = match node.fetch {
                    Some(fetch) => Arc::new(Rows::Limit {
                        skip: None,
                        fetch: Some(Term::value(fetch.to_string())),
                        order: order.clone(),
                        input: input.rows,
                    }),
                    None => input.rows,
                };
                Ok(Relation { rows, order, ..input })
            }
            LogicalPlan::Limit(node) => {
                let input = self.relation(&node.input)?;
                let scope = Scope::default();
                let skip = node.skip.as_ref().map(|e| self.expr(e, &scope)).transpose()?;
                let fetch = node.fetch.as_ref().map(|e| self.expr(e, &scope)).transpose()?;
                let (order, rows) = (input.order.clone(), input.rows);
                Ok(Relation {
                    rows: Arc::new(Rows::Limit {
                        skip,
                        fetch,
                        order,
                        input: rows,
                    }),
                    ..input
                })
            }
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let input = self.relation(input)?;
                let (place, columns) = (self.place(), input.columns.clone());
                Ok(in_no_order(
                    Rows::Group {
                        place,
                        keys: columns.clone(),
                        sets: None,
                        input: settled(input),
                    },
                    columns,
                ))
            }
            LogicalPlan::Distinct(Distinct::On(node)) => self.first(node),
            LogicalPlan::Aggregate(node) => self.group(node),
            LogicalPlan::Window(node) => self.window(node),
            LogicalPlan::Join(node) => self.join(node),
            LogicalPlan::Union(node) => self.union(&node.inputs, node.schema.fields().len()),
            LogicalPlan::Unnest(node) => self.unnest(node),
            LogicalPlan::TableScan(node) => self.scan(node),
            LogicalPlan::Values(node) => self.values(node),
            LogicalPlan::EmptyRelation(node) => {
                let columns = node.schema.fields().iter().map(|_| Term::value("NULL"));
                let has_row = node.produce_one_row;
                Ok(in_no_order(Rows::Unit { has_row }, columns.collect()))
            }
            LogicalPlan::RecursiveQuery(node) => self.recursive(node),
            LogicalPlan::Extension(node) => self.other(plan, node.node.name()),
            LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::DescribeTable(_) => {
                let shown = plan.display().to_string();
                let word = shown.split([':', ' ']).next().unwrap_or_default();
                plan_err!("the plan has a node {word}, which is no part of a query")
            }
        }
    }

    /// A node that is not known: each of its columns is made of all columns of its inputs.
    fn other(&mut self, plan: &LogicalPlan, name: &str) -> Result<Relation> {
        let (mut inputs, mut scope) = (vec![], Scope::default());
        for input in plan.inputs() {
            let relation = self.relation(input)?;
            scope.sides.extend(Scope::of(input, &relation).sides);
            inputs.push(relation);
        }
        let terms = self.terms(&plan.expressions(), &scope)?;
        let place = self.place();
        let all: Vec<Term> = inputs.iter().flat_map(|input| input.columns.iter().cloned()).collect();
        let made = (1..=plan.schema().fields().len()).map(|i| {
            let term = Term::call(format!("column_{i}"), all.clone());
            Term::there(place, "node", term)
        });
        let columns = made.collect();
        let name = format!("{name} {:?}", plan.display().to_string());
        Ok(in_no_order(
            Rows::Other {
                place,
                name,
                terms,
                inputs,
            },
            columns,
        ))
    }

    fn terms<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>, scope: &Scope) -> Result<Vec<Term>> {
        exprs.into_iter().map(|expr| self.checked(expr, scope)).collect()
    }

    fn keys(&mut self, order: &[SortExpr], scope: &Scope) -> Result<Vec<Key>> {
        let key = |sort: &SortExpr| {
            Ok(Key {
                term: self.checked(&sort.expr, scope)?,
                is_ascending: sort.asc,
                nulls_first: sort.nulls_first,
            })
        };
        order.iter().map(key).collect()
    }

    fn checked(&mut self, expr: &Expr, scope: &Scope) -> Result<Term> {
        let term = self.expr(expr, scope)?;
        if term.size() > MOST_PARTS {
            return plan_err!(
                "an expression of the query has more than {MOST_PARTS} parts when those of its sub-queries stand in it"
            );
        }
        Ok(term)
    }
}

fn in_no_order(rows: Rows, columns: Vec<Term>) -> Relation {
    Relation {
        rows: Arc::new(rows),
        columns,
        order: vec![],
    }
}

/// The rows of an input for something that may see their order.
fn settled(input: Relation) -> Arc<Rows> {
    match input.order {
        order if order.is_empty() => input.rows,
        order => Arc::new(Rows::Ordered {
            order,
            input: input.rows,
        }),
    }
}

/// All combinations of rows that meet the conditions. What the inputs are combinations of becomes part of these.
fn select(inputs: Vec<Arc<Rows>>, mut conditions: Vec<Term>, is_closed: bool) -> Arc<Rows> {
    let mut flat = vec![];
    for input in inputs {
        match input.as_ref() {
            Rows::Select {
                inputs,
                conditions: of_input,
                is_closed: false,
            } if !is_closed => {
                flat.extend(inputs.iter().map(Arc::clone));
                conditions.extend(of_input.iter().cloned());
            }
            _ => flat.push(input),
        }
    }
    if flat.len() > 1 {
        let rest: Vec<_> = flat
            .iter()
            .filter(|rows| !matches!(rows.as_ref(), Rows::Unit { has_row: true }))
            .map(Arc::clone)
            .collect();
        if !rest.is_empty() {
            flat = rest;
        }
    }
    match (flat.len(), conditions.is_empty()) {
        (1, true) => flat.swap_remove(0),
        _ => Arc::new(Rows::Select {
            inputs: flat,
            conditions,
            is_closed,
        }),
    }
}
