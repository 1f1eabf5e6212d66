//! What makes an order total.

use std::collections::BTreeSet;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, DFSchema, Dependency, Result, plan_err};
use datafusion::logical_expr::{Expr, SortExpr};

use super::ascending;

/// `written`, and behind it the columns of a declared key, else all other columns of `schema` in their order, ascending
/// and nulls last. What earlier columns determine, by declared keys and what follows from them, is left out.
/// Fails if a column is needed that has no order; `place` says where.
pub(super) fn complete(written: Vec<SortExpr>, schema: &DFSchema, place: &str) -> Result<Vec<SortExpr>> {
    let mut order: Vec<SortExpr> = vec![];
    for sort in written {
        if !order.iter().any(|earlier| earlier.expr == sort.expr) {
            order.push(sort);
        }
    }
    let mut sorted = columns(&order, schema);
    if determine_all(schema, &sorted) {
        return Ok(order);
    }
    let rest: Vec<usize> = match shortest_key(schema, &sorted) {
        Some(key) => key,
        None => (0..schema.fields().len()).collect(),
    };
    for i in rest {
        if !sorted.insert(i) {
            continue;
        }
        let (qualifier, field) = schema.qualified_field(i);
        if !has_order(field.data_type()) {
            return plan_err!(
                "{place} is not determined: rows may tie, and the column {} of the type {} has no order to settle it; order by a \
                 unique key, leave the column out, or SET codeanatomy.determinism = 'off'",
                field.name(),
                field.data_type()
            );
        }
        order.push(ascending(Expr::Column(Column::from((qualifier, field)))));
        if determine_all(schema, &sorted) {
            break;
        }
    }
    Ok(order)
}

/// Whether rows that tie in `order` are the same rows.
pub(super) fn is_total(order: &[SortExpr], schema: &DFSchema) -> bool {
    determine_all(schema, &columns(order, schema))
}

fn columns(order: &[SortExpr], schema: &DFSchema) -> BTreeSet<usize> {
    let column = |sort: &SortExpr| match &sort.expr {
        Expr::Column(column) => schema.maybe_index_of_column(column),
        _ => None,
    };
    order.iter().filter_map(column).collect()
}

/// Whether rows that agree in `columns` are the same rows.
fn determine_all(schema: &DFSchema, columns: &BTreeSet<usize>) -> bool {
    columns.len() == schema.fields().len() || keys(schema).any(|key| key.iter().all(|i| columns.contains(i)))
}

/// Of the declared keys the one that needs the fewest columns beside those in `sorted`; the first of them.
fn shortest_key(schema: &DFSchema, sorted: &BTreeSet<usize>) -> Option<Vec<usize>> {
    let missing = |key: &[usize]| key.iter().filter(|i| !sorted.contains(i)).count();
    let orderable = |key: &&[usize]| key.iter().all(|i| has_order(schema.field(*i).data_type()));
    keys(schema)
        .filter(orderable)
        .min_by_key(|key| missing(key))
        .map(<[usize]>::to_vec)
}

/// Columns of which no two rows have the same values, and which determine all others.
fn keys(schema: &DFSchema) -> impl Iterator<Item = &[usize]> {
    let width = schema.fields().len();
    schema
        .functional_dependencies()
        .iter()
        .filter(move |d| d.mode == Dependency::Single && !d.nullable && d.target_indices.len() == width)
        .map(|d| d.source_indices.as_slice())
}

/// Whether the engine can sort values of this type.
pub(super) fn has_order(ty: &DataType) -> bool {
    match ty {
        DataType::Map(..) | DataType::Union(..) => false,
        DataType::Dictionary(_, value) => has_order(value),
        DataType::RunEndEncoded(_, values) => has_order(values.data_type()),
        DataType::List(f)
        | DataType::LargeList(f)
        | DataType::ListView(f)
        | DataType::LargeListView(f)
        | DataType::FixedSizeList(f, _) => has_order(f.data_type()),
        DataType::Struct(fields) => fields.iter().all(|f| has_order(f.data_type())),
        _ => true,
    }
}
