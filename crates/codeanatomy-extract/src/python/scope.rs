//! Scopes, symbols, bindings.
