//! How SQL reaches table functions: their parameters, arguments by name, and functions over queries.

mod arguments;
mod named_arguments;
mod relation_function;

pub(crate) use arguments::{Arguments, Parameter};
pub(crate) use named_arguments::NamedArguments;
pub(crate) use relation_function::{Given, RelationFunction, RelationFunctions};
