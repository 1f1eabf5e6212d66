//! How SQL reaches table functions: their parameters, and arguments by name.

mod arguments;
mod named_arguments;
mod relation_function;
mod sql_function;

pub(crate) use arguments::{Arguments, Parameter, signature};
pub(crate) use named_arguments::NamedArguments;
pub(crate) use relation_function::{RelationArguments, RelationFunction, relation_functions};
pub(crate) use sql_function::{SqlFunction, SqlFunctions, SqlParameter};
