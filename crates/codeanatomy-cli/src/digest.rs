//! `codeanatomy digest`.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use codeanatomy_delta::register_all;
use datafusion::arrow::array::{AsArray, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::TableReference;
use datafusion::config::FormatOptions;
use datafusion::error::DataFusionError;
use datafusion::execution::FunctionRegistry;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use datafusion_cli::print_format::PrintFormat;
use datafusion_cli::print_options::MaxRows;

use crate::args::DigestArgs;
use crate::failure::Failure;
use crate::session::attach;
use crate::stores;

/// One relation, its rows and its digest.
struct Digest {
    relation: String,
    rows: i64,
    digest: String,
}

/// Prints the digest of every relation that the command line names.
pub(crate) async fn run(args: DigestArgs) -> Result<(), Failure> {
    let ctx =
        SessionContext::new_with_config_rt(SessionConfig::new(), stores::runtime().build_arc()?).enable_url_table();
    register_all(&ctx)?;
    attach(&ctx, args.source.as_deref(), &args.files, args.graph.as_deref(), None).await?;
    let mut digests = vec![];
    for relation in relations(&ctx, &args)? {
        let frame = ctx.table(table_reference(&relation)).await?;
        digests.push(digest(&ctx, relation, frame).await?);
    }
    for query in args.command {
        let frame = ctx.sql(&query).await?;
        digests.push(digest(&ctx, query, frame).await?);
    }
    write_summary(&mut std::io::stdout().lock(), &digests, args.format)
}

/// Those that are named; else all tables that are attached, in order of their names.
fn relations(ctx: &SessionContext, args: &DigestArgs) -> Result<Vec<String>, Failure> {
    if !args.relation.is_empty() || !args.command.is_empty() {
        return Ok(args.relation.clone());
    }
    let state = ctx.state();
    let options = &state.config().options().catalog;
    let schema = ctx
        .catalog(&options.default_catalog)
        .and_then(|catalog| catalog.schema(&options.default_schema));
    let mut names = schema.map(|schema| schema.table_names()).unwrap_or_default();
    if names.is_empty() {
        return Err(Failure::from(
            "there is nothing to take a digest of; name a file, a query with -c, or tables of --source or --graph"
                .to_string(),
        ));
    }
    names.sort();
    Ok(names)
}

fn table_reference(relation: &str) -> TableReference {
    if relation.contains("://") || Path::new(relation).exists() {
        TableReference::bare(relation)
    } else {
        TableReference::parse_str(relation)
    }
}

async fn digest(ctx: &SessionContext, relation: String, frame: DataFrame) -> Result<Digest, Failure> {
    let columns = frame.schema().columns().into_iter().map(Expr::Column).collect();
    let of_all = ctx.udaf("content_digest")?.call(columns).alias("digest");
    let batches = frame
        .aggregate(vec![], vec![of_all, count(lit(1)).alias("rows")])?
        .collect()
        .await?;
    let found = batches.iter().find(|batch| batch.num_rows() > 0);
    let read = found.and_then(|batch| {
        let rows = batch.column(1).as_primitive_opt::<Int64Type>()?.value(0);
        Some((text(batch)?, rows))
    });
    let Some((digest, rows)) = read else {
        return Err(Failure::from(format!("'{relation}' gave no digest")));
    };
    Ok(Digest { relation, rows, digest })
}

fn text(batch: &RecordBatch) -> Option<String> {
    let column = batch.column(0);
    let text = column.as_string_opt::<i32>().map(|c| c.value(0));
    let text = text.or_else(|| column.as_string_view_opt().map(|c| c.value(0)));
    text.map(str::to_string)
}

fn write_summary(out: &mut impl Write, digests: &[Digest], format: PrintFormat) -> Result<(), Failure> {
    let shown = if format == PrintFormat::Automatic {
        PrintFormat::Table
    } else {
        format
    };
    let batch = RecordBatch::try_from_iter([
        (
            "relation",
            Arc::new(StringArray::from_iter_values(digests.iter().map(|d| &d.relation))) as _,
        ),
        (
            "rows",
            Arc::new(Int64Array::from_iter_values(digests.iter().map(|d| d.rows))) as _,
        ),
        (
            "digest",
            Arc::new(StringArray::from_iter_values(digests.iter().map(|d| &d.digest))) as _,
        ),
    ])
    .map_err(DataFusionError::from)?;
    let plain = FormatOptions::default();
    Ok(shown.print_batches(out, batch.schema(), &[batch], MaxRows::Unlimited, true, &plain)?)
}
