//! Waiting where the engine does not: it plans table functions without awaiting, and a table must be opened to know its
//! columns, and a query be planned to know what it gives.

use std::future::Future;

use datafusion::common::{Result, exec_err};
use tokio::runtime::{Builder, Handle, RuntimeFlavor};

/// Of a thread that plans: a deep query takes more than the two megabytes that threads have.
const STACK: usize = 64 << 20;

/// Waits for `future`. In a runtime of several threads it runs there, and the other tasks of this thread move on; else it
/// runs in a thread of its own.
pub fn wait<T: Send + 'static>(future: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    match Handle::try_current() {
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(|| handle.block_on(future))
        }
        _ => {
            let thread = std::thread::Builder::new()
                .name("plan-wait".to_string())
                .stack_size(STACK);
            let thread = thread.spawn(move || {
                let runtime = Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(future)
            })?;
            match thread.join() {
                Ok(outcome) => outcome,
                Err(_) => exec_err!("the thread that a plan waits for broke off, which is a bug"),
            }
        }
    }
}
