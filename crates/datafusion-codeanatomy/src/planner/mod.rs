//! How SQL reaches table functions: their parameters, and arguments by name.

mod arguments;
mod blocking;
mod call_signature;
mod look_up;
mod named_arguments;
mod outside;
mod relation_function;
mod sql_function;
mod sql_table_function;
mod wrong_call;

pub(crate) use arguments::signature;
pub use arguments::{Arguments, Parameter};
pub use blocking::wait;
pub(crate) use named_arguments::NamedArguments;
pub(crate) use outside::functions_outside;
pub use outside::{NamedTableFunction, register_table_functions};
pub(crate) use relation_function::{RelationArguments, RelationFunction, relation_functions};
pub(crate) use sql_function::{SqlFunction, SqlFunctions, SqlParameter, call_of_nulls};
pub(crate) use sql_table_function::{SqlTableFunction, asks_for_parameters};
pub use wrong_call::with_signature;
