//! Questions as commands: `who-calls`, `what-calls`, `where`, `importers`, `impact`, `dead-code`, `cycles`, `hot-spots`, `symbol`, `explain`.

use std::io::Write;

use codeanatomy_delta::register_all;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::config::FormatOptions;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_cli::print_format::PrintFormat;
use datafusion_cli::print_options::MaxRows;

use crate::args::{Ask, AskArgs, Shown};
use crate::failure::Failure;
use crate::session::attach;

/// A question in SQL, and the columns that are the ends of an edge, if its rows are edges.
struct Asked {
    sql: String,
    edge: Option<(&'static str, &'static str)>,
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

impl Asked {
    fn of(ask: &Ask) -> Self {
        let (call, edge) = match ask {
            Ask::WhoCalls { name, hops, .. } => (
                format!("callers(name => {}, hops => {hops})", text(name)),
                Some(("caller", "callee")),
            ),
            Ask::WhatCalls { name, hops, .. } => (
                format!("callees(name => {}, hops => {hops})", text(name)),
                Some(("caller", "callee")),
            ),
            Ask::Where { name, .. } => (format!("where_used(name => {})", text(name)), Some(("used_by", "what"))),
            Ask::Importers { module, .. } => (
                format!("importers(module => {})", text(module)),
                Some(("path", "module")),
            ),
            Ask::Impact { path, hops, .. } => (
                format!("impact(path => {}, hops => {hops})", text(path)),
                Some(("because_of", "name")),
            ),
            Ask::DeadCode { .. } => ("dead_code()".to_string(), None),
            Ask::Cycles { .. } => ("import_cycles()".to_string(), Some(("path", "imports"))),
            Ask::HotSpots { .. } => ("hot_spots()".to_string(), None),
            Ask::Symbol { path, line, col, .. } => (
                format!("symbol_at(path => {}, line => {line}, col => {col})", text(path)),
                None,
            ),
            Ask::Explain { relation, id, .. } => (
                format!("explain_relation(relation => {}, id => {})", text(relation), text(id)),
                None,
            ),
        };
        Self {
            sql: format!("SELECT * FROM {call}"),
            edge,
        }
    }
}

/// Asks, and prints the answer.
pub(crate) async fn run(ask: Ask) -> Result<(), Failure> {
    let asked = Asked::of(&ask);
    let AskArgs {
        source,
        graph,
        at,
        files,
        format,
    } = ask.into_args();
    if source.is_none() && graph.is_none() {
        return Err(Failure::from("say what is asked: --source SOURCE or --graph DIR"));
    }
    // The order of the answer is that of the question.
    let config = SessionConfig::new().with_information_schema(true);
    let ctx = SessionContext::new_with_config(config);
    register_all(&ctx)?;
    attach(&ctx, source.as_deref(), &files, graph.as_deref(), at).await?;
    let frame = ctx.sql(&asked.sql).await?;
    let schema = std::sync::Arc::clone(frame.schema().inner());
    let rows = frame.collect().await?;
    let mut out = std::io::stdout().lock();
    let plain = FormatOptions {
        null: "NULL".to_owned(),
        ..FormatOptions::default()
    };
    let format = match format {
        Shown::Dot | Shown::Mermaid => {
            let Some(ends) = asked.edge else {
                return Err(Failure::from(
                    "the answer has no edges to draw: take --format table, json or csv",
                ));
            };
            return draw(&mut out, &rows, ends, format);
        }
        Shown::Table => PrintFormat::Table,
        Shown::Json => PrintFormat::Json,
        Shown::Csv => PrintFormat::Csv,
    };
    Ok(format.print_batches(&mut out, schema, &rows, MaxRows::Unlimited, true, &plain)?)
}

/// Writes the edges, each once, in the order of their ends.
fn draw(out: &mut impl Write, rows: &[RecordBatch], ends: (&str, &str), format: Shown) -> Result<(), Failure> {
    let mut edges = std::collections::BTreeSet::new();
    for batch in rows {
        if let (Some(from), Some(to)) = (batch.column_by_name(ends.0), batch.column_by_name(ends.1)) {
            for row in 0..batch.num_rows() {
                edges.insert((array_value_to_string(from, row)?, array_value_to_string(to, row)?));
            }
        }
    }
    let quoted = |name: &str| name.replace('\\', "\\\\").replace('"', "\\\"");
    if format == Shown::Dot {
        writeln!(out, "digraph {{\n  rankdir=LR;")?;
        for (from, to) in &edges {
            writeln!(out, "  \"{}\" -> \"{}\";", quoted(from), quoted(to))?;
        }
        writeln!(out, "}}")?;
        return Ok(());
    }
    let mut names: std::collections::BTreeMap<&String, usize> = edges
        .iter()
        .flat_map(|(from, to)| [from, to])
        .map(|name| (name, 0))
        .collect();
    for (i, number) in names.values_mut().enumerate() {
        *number = i;
    }
    let number = |name: &String| names.get(name).copied().unwrap_or_default();
    writeln!(out, "graph LR")?;
    for (name, i) in &names {
        writeln!(
            out,
            "  n{i}[\"{}\"]",
            name.replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
        )?;
    }
    for (from, to) in &edges {
        writeln!(out, "  n{} --> n{}", number(from), number(to))?;
    }
    Ok(())
}
