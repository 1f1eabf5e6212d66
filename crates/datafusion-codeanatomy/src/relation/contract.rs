//! What rules promise of their rows, and how the columns of their queries fit.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::MemTable;
use datafusion::common::Result;
use datafusion::prelude::SessionContext;

use super::Relation;
use super::rule::{Endpoints, Feature, Rule, Severity};
use super::views::{OPTIONAL, REQUIRED};

/// What a rule promises of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleContract {
    /// The rule.
    pub rule: String,
    /// Which kinds of nodes its edges may lead from and to; none if any.
    pub endpoints: Vec<Endpoints>,
    /// How bad a row is that breaks it.
    pub severity: Severity,
}

/// How a column of a rule's query fits that of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    rule: String,
    column: String,
    expected: Option<DataType>,
    found: Option<DataType>,
}

impl Alignment {
    /// `same`, `cast`, `missing` (what may be left out has its default) or `extra` (a feature, which the score is made of).
    fn name(&self) -> &'static str {
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) if expected == found => "same",
            (Some(_), Some(_)) => "cast",
            (Some(_), None) => "missing",
            (None, _) => "extra",
        }
    }
}

/// The type of a column of candidates.
fn expected(column: &str) -> DataType {
    match column {
        "bstart" | "bend" | "score" | "preference" => DataType::Int64,
        _ => DataType::Utf8View,
    }
}

/// How each column that a rule's query has or may have fits.
pub(super) fn alignment(rule: &Rule, features: &[Feature], schema: &SchemaRef) -> Vec<Alignment> {
    let of = |column: &str, expected: Option<DataType>| Alignment {
        rule: rule.name.clone(),
        column: column.to_string(),
        expected,
        found: schema.field_with_name(column).ok().map(|f| f.data_type().clone()),
    };
    let columns = REQUIRED.iter().chain(&OPTIONAL);
    // Features stand for the score.
    let columns = columns.filter(|c| **c != "score" || features.is_empty());
    let extra = features.iter().map(|f| of(&f.name, None));
    columns.map(|c| of(c, Some(expected(c)))).chain(extra).collect()
}

/// Makes `contract_alignment` a table of `ctx`: one row per rule and column that its query has or may have, with the type that candidates have
/// and that of the query. A column that must be there and is not, and one that means nothing, are errors when the rule is read.
pub fn create_alignment(ctx: &SessionContext, relations: &[Relation]) -> Result<()> {
    let rows: Vec<(&str, &Alignment)> = relations
        .iter()
        .flat_map(|r| r.alignment.iter().map(|a| (r.name.as_str(), a)))
        .collect();
    let texts = |f: &dyn Fn(&(&str, &Alignment)) -> Option<String>| {
        Arc::new(rows.iter().map(f).collect::<StringViewArray>()) as ArrayRef
    };
    let shown = |ty: &Option<DataType>| ty.as_ref().map(ToString::to_string);
    let columns = vec![
        ("relation", texts(&|(relation, _)| Some((*relation).to_string()))),
        ("rule", texts(&|(_, a)| Some(a.rule.clone()))),
        ("column", texts(&|(_, a)| Some(a.column.clone()))),
        ("alignment", texts(&|(_, a)| Some(a.name().to_string()))),
        ("expected", texts(&|(_, a)| shown(&a.expected))),
        ("found", texts(&|(_, a)| shown(&a.found))),
    ];
    let fields = columns
        .iter()
        .map(|(name, _)| Field::new(*name, DataType::Utf8View, true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    ctx.register_table(
        "contract_alignment",
        Arc::new(MemTable::try_new(schema, vec![vec![batch]])?),
    )?;
    Ok(())
}
