//! Delta Lake for CodeAnatomy.

