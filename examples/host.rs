//! A host: any DataFusion session, with CodeAnatomy registered in it.
//!
//! Run with `cargo run --release --example host`.
#![allow(clippy::print_stdout, clippy::print_stderr)] // What it prints is what it is for.

use datafusion::error::Result;
use datafusion::prelude::SessionContext;

#[tokio::main]
async fn main() -> Result<()> {
    let ctx = SessionContext::new();
    datafusion_codeanatomy::register_all(&ctx)?;

    // A dataset is a table function …
    let sql = "SELECT qualified_name, signature FROM definitions(source => 'examples/shop', include => 'orders.py')";
    ctx.sql(sql).await?.show().await?;

    // … and a source can be attached, with the relations between its datasets.
    datafusion_codeanatomy::attach_source(&ctx, "examples/shop", &Default::default()).await?;
    let sql = "SELECT c.path, c.line, c.callee, d.qualified_name AS calls \
               FROM call_targets t JOIN calls c ON c.call_id = t.src JOIN definitions d ON d.def_id = t.dst \
               ORDER BY c.path, c.line, c.callee";
    ctx.sql(sql).await?.show().await
}
