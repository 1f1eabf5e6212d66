//! Types that have an order.

use datafusion::arrow::datatypes::DataType;

/// Whether values of this type compare (`<`, `=`) in another way than they are sorted: zeros of both signs are equal and sorted apart, and
/// nulls in nested values stand first in comparisons.
pub(super) fn compares_otherwise(ty: &DataType) -> bool {
    match ty {
        DataType::Dictionary(_, value) => compares_otherwise(value),
        DataType::RunEndEncoded(_, values) => compares_otherwise(values.data_type()),
        ty => ty.is_floating() || ty.is_nested(),
    }
}

/// Whether the engine can sort values of this type.
pub(super) fn has_order(ty: &DataType) -> bool {
    match ty {
        DataType::Map(..) | DataType::Union(..) => false,
        DataType::Dictionary(_, value) => has_order(value),
        DataType::RunEndEncoded(_, values) => has_order(values.data_type()),
        DataType::List(f)
        | DataType::LargeList(f)
        | DataType::ListView(f)
        | DataType::LargeListView(f)
        | DataType::FixedSizeList(f, _) => has_order(f.data_type()),
        DataType::Struct(fields) => fields.iter().all(|f| has_order(f.data_type())),
        _ => true,
    }
}
