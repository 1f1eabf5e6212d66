//! `cdf_change_rank(change_type)`

use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, Int64Array};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{ExprSchema, Result, ScalarValue};
use datafusion_expr::{Expr, ReturnFieldArgs};

use super::cdf::{CHANGE_TYPE, narrow, rank};
use crate::narrow::{Asked, Narrowed};
use crate::scalar::{Call, Kernel};
use crate::spec::{Kind, Spec};

#[derive(Debug)]
pub(crate) struct CdfChangeRank;

impl Kernel for CdfChangeRank {
    const SPEC: &'static Spec = &Spec {
        name: "cdf_change_rank",
        kind: Kind::Scalar,
        section: "Change feeds",
        parameters: &[CHANGE_TYPE],
        returns: "BIGINT",
        description: "The rank of a change among those of one row in one commit, 0 to 3: 'update_preimage', 'delete', 'insert', 'update_postimage'. The change of the greatest rank says what is there afterwards.",
        nulls: "Null of null, and of a text that is no change type.",
        example: "SELECT cdf_change_rank('insert')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    const BOUNDS: Option<(ScalarValue, ScalarValue)> = Some((ScalarValue::Int64(Some(0)), ScalarValue::Int64(Some(3))));

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Int64, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let changes = call.texts(0)?;
        let rows = (0..call.rows).map(|row| changes.get(row).and_then(rank));
        Ok(Arc::new(rows.collect::<Int64Array>()))
    }

    fn narrow(args: &[Expr], asked: &Asked, schema: &dyn ExprSchema) -> Result<Option<Narrowed>> {
        narrow(args, asked, schema, |rank| ScalarValue::Int64(Some(rank)))
    }
}
