//! Text columns with few distinct values, as numbers.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, StringViewArray};
use rustc_hash::FxHashMap;

/// The distinct values of a column in order of their bytes, and for each row the number of its value; a null has
/// [`Categories::NULL`], the greatest number.
pub(crate) struct Categories<'a> {
    pub(crate) values: Vec<&'a str>,
    pub(crate) codes: Vec<u32>,
}

impl<'a> Categories<'a> {
    pub(crate) const NULL: u32 = u32::MAX;

    /// Looks at the text of a row only if its view is new: equal texts mostly share their bytes, and so their views.
    pub(crate) fn of(column: &'a StringViewArray) -> Self {
        let mut by_view: FxHashMap<u128, u32> = FxHashMap::default();
        let mut by_text: BTreeMap<&'a str, u32> = BTreeMap::new();
        let mut codes = Vec::with_capacity(column.len());
        let mut last = (0, Self::NULL);
        for (row, view) in column.views().iter().enumerate() {
            if column.is_null(row) {
                codes.push(Self::NULL);
                continue;
            }
            if last.1 == Self::NULL || last.0 != *view {
                let code = by_view.entry(*view).or_insert_with(|| {
                    let next = by_text.len() as u32;
                    *by_text.entry(column.value(row)).or_insert(next)
                });
                last = (*view, *code);
            }
            codes.push(last.1);
        }
        let mut ranks = vec![0; by_text.len()];
        let mut values = Vec::with_capacity(by_text.len());
        for (rank, (text, code)) in by_text.into_iter().enumerate() {
            ranks[code as usize] = rank as u32;
            values.push(text);
        }
        for code in codes.iter_mut().filter(|c| **c != Self::NULL) {
            *code = ranks[*code as usize];
        }
        Self { values, codes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_order_of_the_texts() {
        let long = "a text that is longer than a view holds";
        let column = StringViewArray::from(vec![Some("b"), None, Some(long), Some(""), Some("b"), Some(long), None]);
        let categories = Categories::of(&column);
        assert_eq!(categories.values, ["", long, "b"]);
        let null = Categories::NULL;
        assert_eq!(categories.codes, [2, null, 1, 0, 2, 1, null]);
    }
}
