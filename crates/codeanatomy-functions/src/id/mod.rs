//! Identity: hashes and ids of parts. `docs/ids.md` defines their bytes.

mod digits;
mod parts;
mod span_id;
mod stable_hash128;
mod stable_hash128_text;
mod stable_hash64;
mod stable_id;

use std::sync::Arc;

use datafusion_expr::ScalarUDF;

use crate::scalar::{Kernel, function};
use crate::spec::Spec;

pub(crate) const SPECS: [&Spec; 5] = [
    stable_hash64::StableHash64::SPEC,
    stable_hash128::StableHash128::SPEC,
    stable_hash128_text::StableHash128Text::SPEC,
    stable_id::StableId::SPEC,
    span_id::SpanId::SPEC,
];

pub(crate) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        function::<stable_hash64::StableHash64>(),
        function::<stable_hash128::StableHash128>(),
        function::<stable_hash128_text::StableHash128Text>(),
        function::<stable_id::StableId>(),
        function::<span_id::SpanId>(),
    ]
}
