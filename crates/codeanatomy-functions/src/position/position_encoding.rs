//! `position_encoding(name)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, StringViewArray};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use super::place::unit;
use crate::scalar::{Call, Kernel, any_nullable};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct PositionEncoding;

impl Kernel for PositionEncoding {
    const SPEC: &'static Spec = &Spec {
        name: "position_encoding",
        kind: Kind::Scalar,
        section: "Positions",
        parameters: &[Parameter::required("name", Class::Text, "A spelling of the name.")],
        returns: "VARCHAR",
        description: "The name of a position encoding, 'utf8', 'utf16' or 'utf32', from any of its spellings: letter case does \
not matter, a hyphen or underscore may stand before the number (LSP, Python), and SCIP's names are known, such as \
'UTF8CodeUnitOffsetFromLineStart'. Another text is an error.",
        nulls: "Null of null.",
        example: "SELECT position_encoding('UTF-16')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, any_nullable(args)))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let names = call.texts(0)?;
        let units = (0..call.rows).map(|row| names.get(row).map(|n| unit(Self::SPEC.name, n)).transpose());
        let units: StringViewArray = units.map(|u| u.map(|u| u.map(|u| u.name()))).collect::<Result<_>>()?;
        Ok(Arc::new(units))
    }
}
