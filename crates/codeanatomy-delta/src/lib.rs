//! Delta Lake for CodeAnatomy.
