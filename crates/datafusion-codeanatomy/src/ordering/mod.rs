//! Rows in an order that never changes.

mod canonical;
mod categories;
mod complete;
mod distrust;
mod types;
mod windows;

pub(crate) use canonical::canonical_sort;
pub(crate) use categories::Categories;
pub(crate) use complete::CompleteOrders;
pub(crate) use distrust::Distrust;
use types::has_order;
pub(crate) use windows::SettleWindows;
