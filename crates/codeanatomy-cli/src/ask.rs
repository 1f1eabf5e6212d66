//! Questions as commands: `who-calls`, `what-calls`, `where`, `importers`, `impact`, `dead-code`, `cycles`, `hot-spots`, `symbol`, `around`, `diff`,
//! `explain`.

use std::io::Write;

use codeanatomy_delta::register_all;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::common::TableReference;
use datafusion::config::FormatOptions;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_cli::print_format::PrintFormat;
use datafusion_cli::print_options::MaxRows;

use crate::args::{Ask, AskArgs, FileArgs, PlaceArgs, Shown};
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
    fn of(ask: &Ask) -> Result<Self, Failure> {
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
            Ask::Impact {
                path,
                hops,
                name,
                range,
                repository,
                args,
            } => {
                let of = |value: &Option<String>| text(value.as_deref().unwrap_or_default());
                let repository = repository.as_deref().or(args.source.as_deref()).unwrap_or(".");
                (
                    format!(
                        "impact(path => {}, hops => {hops}, name => {}, range => {}, repository => {})",
                        of(path),
                        of(name),
                        of(range),
                        text(repository)
                    ),
                    Some(("because_of", "name")),
                )
            }
            Ask::DeadCode { .. } => ("dead_code()".to_string(), None),
            Ask::Cycles { .. } => ("import_cycles()".to_string(), Some(("path", "imports"))),
            Ask::HotSpots { .. } => ("hot_spots()".to_string(), None),
            Ask::Symbol { place, .. } => (format!("symbol_at({})", written(place)?), None),
            Ask::Around { place, .. } => (format!("neighbourhood({})", written(place)?), Some(("centre", "name"))),
            Ask::Diff { .. } => ("graph_difference(before => 'before')".to_string(), Some(("src", "dst"))),
            Ask::Explain { relation, id, .. } => (
                format!("explain_relation(relation => {}, id => {})", text(relation), text(id)),
                None,
            ),
        };
        Ok(Self {
            sql: format!("SELECT * FROM {call}"),
            edge,
        })
    }
}

/// A place as the arguments of a question: of the path and numbers behind it, or of numbers that are given beside it.
fn written(PlaceArgs { path, line, col }: &PlaceArgs) -> Result<String, Failure> {
    let (path, line, col) = match line {
        Some(line) => (path.as_str(), *line, *col),
        None => {
            let mut parts = path.rsplitn(3, ':');
            let numbers = (parts.next().map(str::parse), parts.next().map(str::parse), parts.next());
            match numbers {
                (Some(Ok(col)), Some(Ok(line)), Some(path)) => (path, line, col),
                (Some(Ok(line)), Some(_), _) => {
                    (path.rsplit_once(':').map_or(path.as_str(), |(path, _)| path), line, 0)
                }
                _ => return Err(Failure::from("say which line: PATH LINE [COL], or PATH:LINE:COL")),
            }
        }
    };
    Ok(format!("path => {}, line => {line}, col => {col}", text(path)))
}

/// Makes the tables of the graph from before those of the schema `before`.
async fn attach_before(ctx: &SessionContext, graph: &str, at: Option<u64>) -> Result<(), Failure> {
    let other = SessionContext::new();
    register_all(&other)?;
    attach(&other, None, &FileArgs::default(), Some(graph), at).await?;
    ctx.sql("CREATE SCHEMA before").await?;
    for table in ["cpg_nodes", "cpg_edges"] {
        ctx.register_table(
            TableReference::partial("before", table),
            other.table_provider(table).await?,
        )?;
    }
    Ok(())
}

/// Asks, and prints the answer.
pub(crate) async fn run(ask: Ask) -> Result<(), Failure> {
    let asked = Asked::of(&ask)?;
    let before = match &ask {
        Ask::Diff { before, before_at, .. } => Some((before.clone(), *before_at)),
        _ => None,
    };
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
    if let Some((graph, at)) = before {
        attach_before(&ctx, &graph, at).await?;
    }
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
        Shown::Json if rows.iter().all(|batch| batch.num_rows() == 0) => return Ok(writeln!(out, "[]")?),
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
