//! Rows in an order that never changes.

mod canonical;
mod categories;
mod complete;

pub(crate) use canonical::canonical_sort;
pub(crate) use categories::Categories;
pub(crate) use complete::CompleteOrders;
