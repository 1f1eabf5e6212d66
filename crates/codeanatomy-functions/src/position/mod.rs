//! Positions in texts: columns, lines and bytes.

mod byte_to_col;
mod col_to_byte;
mod line_col_to_byte;
mod place;
mod position_encoding;

use std::sync::Arc;

use datafusion_expr::ScalarUDF;

use crate::scalar::{Kernel, function};
use crate::spec::Spec;

pub(crate) const SPECS: [&Spec; 4] = [
    position_encoding::PositionEncoding::SPEC,
    col_to_byte::ColToByte::SPEC,
    byte_to_col::ByteToCol::SPEC,
    line_col_to_byte::LineColToByte::SPEC,
];

pub(crate) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        function::<position_encoding::PositionEncoding>(),
        function::<col_to_byte::ColToByte>(),
        function::<byte_to_col::ByteToCol>(),
        function::<line_col_to_byte::LineColToByte>(),
    ]
}
