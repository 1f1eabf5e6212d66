//! The kinds of the code property graph. A kind is listed here only if something produces it.
