//! `cdf_is_delete(change_type)`

use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, BooleanArray};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{ExprSchema, Result, ScalarValue};
use datafusion_expr::{Expr, ReturnFieldArgs};

use super::cdf::{CHANGE_TYPE, narrow, rank};
use crate::narrow::{Asked, Narrowed};
use crate::scalar::{Call, Kernel};
use crate::spec::{Kind, Spec};

#[derive(Debug)]
pub(crate) struct CdfIsDelete;

impl Kernel for CdfIsDelete {
    const SPEC: &'static Spec = &Spec {
        name: "cdf_is_delete",
        kind: Kind::Scalar,
        section: "Change feeds",
        parameters: &[CHANGE_TYPE],
        returns: "BOOLEAN",
        description: "Whether a change takes a row away for good: 'delete'.",
        nulls: "Null of null, and of a text that is no change type.",
        example: "SELECT cdf_is_delete('delete')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Boolean, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let changes = call.texts(0)?;
        let rows = (0..call.rows).map(|row| changes.get(row).and_then(|change| rank(change).map(|rank| rank == 1)));
        Ok(Arc::new(rows.collect::<BooleanArray>()))
    }

    fn narrow(args: &[Expr], asked: &Asked, schema: &dyn ExprSchema) -> Result<Option<Narrowed>> {
        narrow(args, asked, schema, |rank| ScalarValue::Boolean(Some(rank == 1)))
    }
}
