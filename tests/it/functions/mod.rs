//! The functions, as their inventory has them.

mod claims;
mod conformance;
mod frames;
mod inventory;
mod wrong_calls;
