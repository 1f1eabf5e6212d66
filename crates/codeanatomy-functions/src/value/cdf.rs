//! Change types of a change data feed, as Delta Lake's protocol names them.

use datafusion_common::{ExprSchema, Result, ScalarValue};
use datafusion_expr::{Expr, ExprSchemable, lit};

use crate::narrow::{Asked, Narrowed};
use crate::spec::{Class, Parameter};

pub(super) const CHANGE_TYPE: Parameter = Parameter::required(
    "change_type",
    Class::Text,
    "The column _change_type: 'insert', 'update_preimage', 'update_postimage' or 'delete'.",
);

/// What a change is, by its rank.
const CHANGES: [&str; 4] = ["update_preimage", "delete", "insert", "update_postimage"];

/// The rank of a change among those of one row and commit: what is there afterwards comes last.
pub(super) fn rank(change_type: &str) -> Option<i64> {
    let rank = CHANGES.iter().position(|change| *change == change_type)?;
    Some(rank as i64)
}

/// The changes whose value is one that is asked for, as a list of texts.
pub(super) fn narrow(
    args: &[Expr],
    asked: &Asked,
    schema: &dyn ExprSchema,
    value: impl Fn(i64) -> ScalarValue,
) -> Result<Option<Narrowed>> {
    let [change_type @ Expr::Column(_)] = args else {
        return Ok(None);
    };
    let ty = change_type.get_type(schema)?;
    let mut changes = vec![];
    for (rank, change) in (0..).zip(CHANGES) {
        match asked.passes(&value(rank)) {
            Some(true) => changes.push(lit(ScalarValue::from(change).cast_to(&ty)?)),
            Some(false) => {}
            None => return Ok(None),
        }
    }
    Ok(Some(Narrowed::Instead(change_type.clone().in_list(changes, false))))
}
