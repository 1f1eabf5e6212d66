//! SQL functions of CodeAnatomy, usable in any DataFusion session.
//!
//! One SQL name is one module, named as the function, with its [`Spec`]: signature, errors, documentation, inventory and page
//! come from it. [`scalar_functions`], [`aggregate_functions`] and [`window_functions`] are the lists.

mod aggregate;
mod content_digest;
mod encode;
mod exact;
mod id;
mod name;
mod narrow;
mod position;
mod scalar;
mod span;
mod spec;
mod value;
mod window;

use std::sync::Arc;

use datafusion_expr::{AggregateUDF, ScalarUDF, WindowUDF};

pub use exact::exact_function;
pub use id::id_parts;
pub use narrow::{Narrowed, narrowed};
pub use span::span_make_bound;
pub use spec::{Class, Kind, Parameter, Spec};

/// Every aggregate function.
pub fn aggregate_functions() -> Vec<Arc<AggregateUDF>> {
    let digest = Arc::new(AggregateUDF::from(content_digest::ContentDigest::new()));
    let others = aggregate::functions().into_iter().chain(exact::functions());
    std::iter::once(digest).chain(others).collect()
}

/// Every scalar function.
pub fn scalar_functions() -> Vec<Arc<ScalarUDF>> {
    let families = [
        id::functions(),
        position::functions(),
        span::functions(),
        name::functions(),
        value::functions(),
    ];
    families.into_iter().flatten().collect()
}

/// Every window function.
pub fn window_functions() -> Vec<Arc<WindowUDF>> {
    window::functions()
}

/// What each function is, in the order of the documentation.
pub fn specs() -> Vec<&'static Spec> {
    let scalar = id::SPECS.iter().chain(&position::SPECS).chain(&span::SPECS);
    let scalar = scalar.chain(&name::SPECS).chain(&value::SPECS);
    let aggregate = aggregate::SPECS
        .iter()
        .chain(&[&content_digest::SPEC])
        .chain(&exact::SPECS);
    scalar.chain(aggregate).chain(&window::SPECS).copied().collect()
}
