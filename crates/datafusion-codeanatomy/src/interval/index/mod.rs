//! The search: bounds as integers, keys as numbers of groups, and the points of a group that another point dominates. Nothing
//! here knows of plans or streams.

mod beyond;
mod bounds;
mod dominance;
mod groups;

pub(super) use beyond::Beyond;
pub(super) use bounds::{Bounds, Ordinal, Side, is_bound_type, is_wide, widest_distance};
pub(super) use dominance::Dominance;
pub(super) use groups::{Groups, NO_GROUP};
