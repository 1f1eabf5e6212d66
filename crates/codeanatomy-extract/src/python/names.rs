//! Definitions, references, imports, calls.
