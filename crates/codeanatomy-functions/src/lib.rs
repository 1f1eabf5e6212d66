//! SQL functions of CodeAnatomy, usable in any DataFusion session.
//!
//! One SQL name is one module; [`scalar_functions`] is the list.

mod stable_id;

use std::sync::Arc;

use datafusion_expr::ScalarUDF;

pub use stable_id::StableId;

/// Every scalar function.
pub fn scalar_functions() -> Vec<Arc<ScalarUDF>> {
    vec![Arc::new(ScalarUDF::from(StableId::new()))]
}
