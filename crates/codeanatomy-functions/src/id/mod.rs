//! Identity: hashes and ids of parts. `docs/ids.md` defines their bytes.

mod digits;
mod parts;
mod span_id;
mod stable_hash128;
mod stable_hash128_text;
mod stable_hash64;
mod stable_id;
mod stage;

use std::sync::Arc;

use datafusion_expr::{Expr, ScalarUDF};

use crate::scalar::{Kernel, arguments_of, function};
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

/// The prefix and the parts behind it of a call that makes an id, if the prefix is a literal.
pub fn id_parts(call: &Expr) -> Option<(&str, &[Expr])> {
    let args = match (
        arguments_of::<stable_id::StableId>(call),
        arguments_of::<span_id::SpanId>(call),
    ) {
        (Some(args), _) => args,
        // A kind may be none.
        (None, Some(args)) if args.len() == 4 => args,
        _ => return None,
    };
    let (prefix, parts) = args.split_first()?;
    match prefix {
        Expr::Literal(prefix, _) => Some((prefix.try_as_str()??, parts)),
        _ => None,
    }
}
