//! Predicates on the kind or the name of rows, which say what need not be extracted.

use codeanatomy_extract::RowFilter;
use codeanatomy_model::Contract;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

/// What a predicate of the form `kind = 'Call'` or `kind IN ('Call', 'Name')` says of the rows of a dataset, if their
/// extraction makes use of it.
pub(super) fn row_filter(contract: &'static Contract, predicate: &Expr) -> Option<RowFilter> {
    let (column, values) = match predicate {
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: Operator::Eq,
            right,
        }) => match (&**left, &**right) {
            (Expr::Column(column), literal) | (literal, Expr::Column(column)) => (column, vec![text(literal)?]),
            _ => return None,
        },
        Expr::InList(list) if !list.negated => match &*list.expr {
            Expr::Column(column) => (column, list.list.iter().map(text).collect::<Option<Vec<_>>>()?),
            _ => return None,
        },
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: Operator::Or,
            right,
        }) => {
            let (left, right) = (row_filter(contract, left)?, row_filter(contract, right)?);
            let values = left.values().chain(right.values()).map(str::to_string);
            let is_same = left.column() == right.column();
            return is_same.then(|| RowFilter::new(contract, left.column(), values))?;
        }
        _ => return None,
    };
    RowFilter::new(contract, &column.name, values)
}

fn text(literal: &Expr) -> Option<String> {
    match literal {
        Expr::Literal(
            ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) | ScalarValue::LargeUtf8(Some(text)),
            _,
        ) => Some(text.clone()),
        _ => None,
    }
}
