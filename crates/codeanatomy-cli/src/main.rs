//! The `codeanatomy` binary: datafusion-cli with everything of CodeAnatomy registered, `build`, `graphs`, `vacuum`, `export`,
//! `digest`, and questions.
#![allow(clippy::print_stdout, clippy::print_stderr)] // What it prints is what it is for.

mod args;
mod ask;
mod build;
mod digest;
mod export;
mod failure;
mod graphs;
mod progress;
mod query;
mod rules;
mod script;
mod session;
mod size;
mod statements;
mod stores;

use std::process::ExitCode;
use std::thread::JoinHandle;

use clap::Parser;
use mimalloc::MiMalloc;

use args::{Args, Command};
use failure::Failure;

#[global_allocator]
static GLOBAL: MiMalloc = MiMalloc;

/// The engine plans and runs deep expressions by recursion: a sum of ten thousand numbers needs more than a thread has. What is not needed costs nothing.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    match std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(run)
        .map(JoinHandle::join)
    {
        Ok(Ok(code)) => code,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => Failure::from(format!("cannot start a thread: {error}")).report(),
    }
}

fn run() -> ExitCode {
    failure::end_quietly_when_nobody_reads();
    env_logger::init();
    let args = Args::parse();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(Command::Build(build)) = &args.command
        && let Some(threads) = build.threads
    {
        runtime.worker_threads(threads.get());
    }
    let runtime = match runtime.enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::from(format!("cannot start the runtime: {error}")).report(),
    };
    let outcome = runtime.block_on(async {
        match args.command {
            Some(Command::Build(build)) => build::run(build).await,
            Some(Command::Graphs(graphs)) => graphs::list(graphs).await,
            Some(Command::Vacuum(vacuum)) => graphs::forget(vacuum).await,
            Some(Command::Export(export)) => export::run(export).await,
            Some(Command::Digest(digest)) => digest::run(digest).await,
            Some(Command::Rules(rules)) => rules::run(rules).await,
            Some(Command::Ask(ask)) => ask::run(ask).await,
            None => query::run(args.query).await,
        }
    });
    // An interrupted build may still have threads at work; the process does not wait for them.
    runtime.shutdown_background();
    outcome.map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}
