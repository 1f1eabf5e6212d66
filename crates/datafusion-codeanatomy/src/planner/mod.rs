//! How SQL reaches table functions: their parameters, and arguments by name.

mod arguments;
mod named_arguments;

pub(crate) use arguments::{Arguments, Parameter};
pub(crate) use named_arguments::NamedArguments;
