//! Values as texts that differ where the values, or their types, do.

use datafusion::common::ScalarValue;

/// The value with its type.
pub(super) fn literal(value: &ScalarValue) -> String {
    if let Some(Some(text)) = value.try_as_str() {
        return format!("{}({text:?})", value.data_type());
    }
    let list = match value {
        ScalarValue::List(list) => list.values(),
        ScalarValue::LargeList(list) => list.values(),
        ScalarValue::FixedSizeList(list) => list.values(),
        other => return format!("{other:?}"),
    };
    if value.is_null() {
        return format!("{value:?}");
    }
    let items = (0..list.len()).map(|i| ScalarValue::try_from_array(list, i));
    let items: Vec<_> = items
        .map(|item| item.map_or_else(|e| e.to_string(), |item| literal(&item)))
        .collect();
    format!("[{}]", items.join(", "))
}
