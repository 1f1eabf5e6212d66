//! One answer on every machine, for queries of the engine's own suite and of TPC-H.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

fn main() -> std::process::ExitCode {
    codeanatomy_sqllogictest::determinism_main()
}
