//! Qualified names: parts with dots between, `pkg.mod.Class.method`.

mod qualified_name_depth;
mod qualified_name_join;
mod qualified_name_last;
mod qualified_name_normalize;
mod qualified_name_parent;
mod qualified_name_within;

use std::sync::Arc;

use datafusion_expr::ScalarUDF;

use crate::scalar::{Kernel, function};
use crate::spec::Spec;
pub(crate) use qualified_name_parent::QualifiedNameParent;

pub(crate) const SPECS: [&Spec; 6] = [
    qualified_name_parent::QualifiedNameParent::SPEC,
    qualified_name_last::QualifiedNameLast::SPEC,
    qualified_name_depth::QualifiedNameDepth::SPEC,
    qualified_name_within::QualifiedNameWithin::SPEC,
    qualified_name_join::QualifiedNameJoin::SPEC,
    qualified_name_normalize::QualifiedNameNormalize::SPEC,
];

pub(crate) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        function::<qualified_name_parent::QualifiedNameParent>(),
        function::<qualified_name_last::QualifiedNameLast>(),
        function::<qualified_name_depth::QualifiedNameDepth>(),
        function::<qualified_name_within::QualifiedNameWithin>(),
        function::<qualified_name_join::QualifiedNameJoin>(),
        function::<qualified_name_normalize::QualifiedNameNormalize>(),
    ]
}
