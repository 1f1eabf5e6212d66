//! Every suite as trials; see the crate's page for the options.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

fn main() -> std::process::ExitCode {
    codeanatomy_sqllogictest::main()
}
