//! The functions, as their inventory has them.

mod conformance;
mod inventory;
