//! One module per dataset. Spans are half-open byte intervals into the file's UTF-8 text; lines are counted from 1.

mod ast_nodes;
mod bindings;
mod calls;
mod definitions;
mod file_scope;
mod files;
mod imports;
mod lines;
mod parse_errors;
mod references;
mod scopes;
mod symbols;

pub use ast_nodes::AstNodeRow;
pub use bindings::BindingRow;
pub use calls::CallRow;
pub use definitions::DefinitionRow;
pub use file_scope::FileScopeRow;
pub use files::FileRow;
pub use imports::ImportRow;
pub use lines::LineRow;
pub use parse_errors::ParseErrorRow;
pub use references::ReferenceRow;
pub use scopes::ScopeRow;
pub use symbols::SymbolRow;
