//! SQL functions of CodeAnatomy, usable in any DataFusion session.
//!
//! One SQL name is one module; [`scalar_functions`] and [`aggregate_functions`] are the lists.

mod content_digest;
mod encode;
mod exact;
mod stable_id;

use std::sync::Arc;

use datafusion_expr::{AggregateUDF, ScalarUDF};

pub use content_digest::ContentDigest;
pub use exact::exact_function;
pub use stable_id::StableId;

/// Every aggregate function.
pub fn aggregate_functions() -> Vec<Arc<AggregateUDF>> {
    let digest = Arc::new(AggregateUDF::from(ContentDigest::new()));
    std::iter::once(digest).chain(exact::functions()).collect()
}

/// Every scalar function.
pub fn scalar_functions() -> Vec<Arc<ScalarUDF>> {
    vec![Arc::new(ScalarUDF::from(StableId::new()))]
}
