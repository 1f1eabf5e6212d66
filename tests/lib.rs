//! Holds the tests of `it/`: the product as a host uses it.
