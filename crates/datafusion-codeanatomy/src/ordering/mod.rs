//! Rows in an order that never changes.

mod canonical;
mod categories;
mod complete;
mod concat;
mod distrust;
mod endless;
mod file_order;
mod pass;
mod place;
mod stable_merges;
mod types;
mod verify;
mod whole_sorts;
mod windows;
mod write;

pub(crate) use canonical::canonical_sort;
pub(crate) use categories::Categories;
pub(crate) use complete::CompleteOrders;
pub(crate) use concat::OrderedConcat;
pub(crate) use distrust::Distrust;
pub(crate) use endless::EndlessSorts;
pub(crate) use file_order::FileOrder;
pub(crate) use place::PlaceOrder;
pub(crate) use stable_merges::StableMerges;
use types::has_order;
pub(crate) use verify::{OrderCheck, VerifyOrder};
pub(crate) use whole_sorts::WholeSorts;
pub(crate) use windows::SettleWindows;
pub(crate) use write::CanonicalWrites;

use datafusion::physical_plan::ExecutionPlan;

/// Whether `node` is an operator of ours that gives the rows of its input, and nothing else.
pub(crate) fn passes_rows_on(node: &dyn ExecutionPlan) -> bool {
    node.is::<concat::OrderedConcatExec>()
        || node.is::<verify::OrderVerifyExec>()
        || node.is::<windows::CompletedOrderExec>()
        || node.is::<distrust::DistrustExec>()
        || node.is::<distrust::NoKeysExec>()
        || node.is::<distrust::WholeOffsetExec>()
        || node.is::<place::PlaceOrderExec>()
}
