//! Positions in texts: columns, lines and bytes.

mod ascii;
mod byte_to_col;
mod canonicalize_byte_span;
mod col_to_byte;
mod line_col_to_byte;
mod place;
mod position_encoding;

use std::sync::Arc;

use datafusion_expr::ScalarUDF;

use crate::scalar::{Kernel, function};
use crate::spec::Spec;

pub(crate) const SPECS: [&Spec; 5] = [
    position_encoding::PositionEncoding::SPEC,
    col_to_byte::ColToByte::SPEC,
    byte_to_col::ByteToCol::SPEC,
    line_col_to_byte::LineColToByte::SPEC,
    canonicalize_byte_span::CanonicalizeByteSpan::SPEC,
];

pub(crate) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        function::<position_encoding::PositionEncoding>(),
        function::<col_to_byte::ColToByte>(),
        function::<byte_to_col::ByteToCol>(),
        function::<line_col_to_byte::LineColToByte>(),
        function::<canonicalize_byte_span::CanonicalizeByteSpan>(),
    ]
}
