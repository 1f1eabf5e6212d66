//! The engine's own suite, with and without the product; `slt --engine-suite DIR` runs another folder.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

fn main() -> std::process::ExitCode {
    codeanatomy_sqllogictest::engine_suite_main()
}
