//! `plan_fingerprint(sql => …)`: what a query means, as a text and its hash.

use std::sync::Arc;

use codeanatomy_model::id::{Part, stable_id};
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::config::ConfigOptions;
use datafusion::common::{Result, plan_err};

use super::query::of_queries;
use super::text::canonical;
use crate::describe::Listing;
use crate::planner::{Arguments, Parameter};

pub(super) const PLAN_FINGERPRINT: Listing = Listing {
    name: "plan_fingerprint",
    section: "Queries",
    description: "What a query means, without running it: `plan`, a text that formatting, aliases, names of common table expressions and the \
                  order of operands, conditions and joined tables do not change, and `fingerprint`, its hash with the versions of the engine \
                  and of the functions and the settings that change rows: stable_id('plan', plan, engine_version, functions_version, \
                  settings). Names and types of the columns that the query gives are part of it.",
    example: "SELECT fingerprint, plan FROM plan_fingerprint(sql => 'SELECT d.name FROM datasets() AS d WHERE d.family = ''names''')",
    parameters: &[Parameter::required("sql", "a query, which is planned and not run")],
    rows,
};

fn rows(arguments: &Arguments<'_>, session: &dyn Session) -> Result<RecordBatch> {
    let plan = of_queries(arguments, &["sql"], session, |queries| match queries {
        [query] => Ok(canonical(query)),
        _ => plan_err!("there is one query"),
    })?;
    let settings = settings(session.config_options());
    let (engine, functions) = (datafusion::DATAFUSION_VERSION, env!("CARGO_PKG_VERSION"));
    let parts = [plan.as_str(), engine, functions, &settings].map(Part::from);
    let fingerprint = stable_id("plan", &parts);
    let text = |text: &str| Arc::new(StringViewArray::from_iter_values([text])) as ArrayRef;
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("fingerprint", text(&fingerprint), false),
        ("plan", text(&plan), false),
        ("engine_version", text(engine), false),
        ("functions_version", text(functions), false),
        ("settings", text(&settings), false),
    ])?)
}

/// Settings by which the same query may have other rows.
const SEMANTIC: [&str; 8] = [
    "codeanatomy.determinism",
    "codeanatomy.implicit_order",
    "datafusion.execution.enable_ansi_mode",
    "datafusion.execution.time_zone",
    "datafusion.sql_parser.",
    "datafusion.execution.parquet.binary_as_string",
    "datafusion.execution.parquet.coerce_int96",
    "datafusion.execution.parquet.schema_force_view_types",
];

/// Those of the parser that bound it, or say more in errors.
const NO_MEANING: [&str; 3] = [
    "datafusion.sql_parser.collect_spans",
    "datafusion.sql_parser.enable_options_value_normalization",
    "datafusion.sql_parser.recursion_limit",
];

/// `name=value, …`, by name.
fn settings(config: &ConfigOptions) -> String {
    let counts = |key: &str| SEMANTIC.iter().any(|known| key.starts_with(known)) && !NO_MEANING.contains(&key);
    let entries = config.entries().into_iter().filter(|entry| counts(&entry.key));
    let mut entries: Vec<_> = entries
        .map(|entry| format!("{}={}", entry.key, entry.value.unwrap_or_default()))
        .collect();
    entries.sort();
    entries.join(", ")
}
