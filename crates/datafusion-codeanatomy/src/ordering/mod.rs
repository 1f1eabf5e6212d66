//! Rows in an order that never changes.

mod canonical;
mod categories;

pub(crate) use canonical::canonical_sort;
pub(crate) use categories::Categories;
