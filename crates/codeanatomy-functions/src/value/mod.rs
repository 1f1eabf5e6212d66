//! Functions of texts, lists, maps, structs and change feeds.

mod cdf;
mod cdf_change_rank;
mod cdf_is_delete;
mod cdf_is_upsert;
mod list_unique_sorted;
mod map_get_default;
mod map_normalize;
mod null_if_blank;
mod order_key;
mod struct_pick;
mod utf8_normalize;

use std::sync::Arc;

use datafusion_expr::ScalarUDF;

use crate::scalar::{Kernel, function};
use crate::spec::Spec;
pub(crate) use cdf_change_rank::CdfChangeRank;
pub(crate) use cdf_is_delete::CdfIsDelete;
pub(crate) use cdf_is_upsert::CdfIsUpsert;
pub(crate) use null_if_blank::NullIfBlank;

pub(crate) const SPECS: [&Spec; 10] = [
    utf8_normalize::Utf8Normalize::SPEC,
    null_if_blank::NullIfBlank::SPEC,
    map_get_default::MapGetDefault::SPEC,
    map_normalize::MapNormalize::SPEC,
    struct_pick::StructPick::SPEC,
    list_unique_sorted::ListUniqueSorted::SPEC,
    order_key::OrderKey::SPEC,
    cdf_change_rank::CdfChangeRank::SPEC,
    cdf_is_upsert::CdfIsUpsert::SPEC,
    cdf_is_delete::CdfIsDelete::SPEC,
];

pub(crate) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        function::<utf8_normalize::Utf8Normalize>(),
        function::<null_if_blank::NullIfBlank>(),
        function::<map_get_default::MapGetDefault>(),
        function::<map_normalize::MapNormalize>(),
        function::<struct_pick::StructPick>(),
        function::<list_unique_sorted::ListUniqueSorted>(),
        function::<order_key::OrderKey>(),
        function::<cdf_change_rank::CdfChangeRank>(),
        function::<cdf_is_upsert::CdfIsUpsert>(),
        function::<cdf_is_delete::CdfIsDelete>(),
    ]
}
