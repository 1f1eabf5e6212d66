//! The join of batches: one side is kept ([`Kept`](kept::Kept)), the other one asks, batch by batch.

mod asked;
mod best;
mod join;
mod kept;
mod load;
mod near;
mod ordered;
mod output;
mod partition;
mod shape;
mod spill;
mod stream;

pub(super) use shape::Shape;
pub(super) use stream::{Inputs, Metrics, join_stream};
