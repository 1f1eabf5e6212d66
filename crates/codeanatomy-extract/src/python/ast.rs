//! The tree as rows.
