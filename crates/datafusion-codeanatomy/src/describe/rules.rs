//! `rules()`: one row per rule and view of the pack that ships, by relation and name.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::Result;

use crate::planner::Arguments;
use crate::relation::{Candidates, Choice, Endpoints, Feature, Rule, pack};
use crate::winner::{CONFIDENCE, group_keys, ranking};

pub(super) fn rows(_arguments: &Arguments<'_>, _session: &dyn Session) -> Result<RecordBatch> {
    let mut rules = pack().iter().map(Rule::parse).collect::<Result<Vec<_>>>()?;
    rules.sort_by(|a, b| place(a).cmp(&place(b)));
    let text = |f: fn(&Rule) -> &str| Arc::new(StringViewArray::from_iter_values(rules.iter().map(f))) as ArrayRef;
    let joined = |f: fn(&Rule) -> String| Arc::new(StringViewArray::from_iter_values(rules.iter().map(f))) as ArrayRef;
    let of_rules = |f: fn(&Candidates) -> Option<String>| {
        let texts = rules.iter().map(|rule| rule.output.candidates().and_then(f));
        Arc::new(texts.collect::<StringViewArray>()) as ArrayRef
    };
    let priority: Int64Array = rules
        .iter()
        .map(|rule| rule.output.candidates().map(|c| c.priority))
        .collect();
    let in_graph: BooleanArray = rules
        .iter()
        .map(|rule| rule.output.candidates().map(|c| c.in_graph))
        .collect();
    let needs_index: BooleanArray = rules.iter().map(|rule| Some(rule.needs_index)).collect();
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("name", text(|r| &r.name), false),
        (
            "kind",
            text(|r| {
                if r.output.candidates().is_some() {
                    "rule"
                } else {
                    "view"
                }
            }),
            false,
        ),
        ("relation", of_rules(|c| Some(c.relation.clone())), true),
        ("edge", of_rules(|c| Some(c.edge.clone())), true),
        ("priority", Arc::new(priority) as ArrayRef, true),
        ("group_by", of_rules(|c| group_keys(c.choice).map(str::to_string)), true),
        ("keep", of_rules(|c| keep(c.choice).map(str::to_string)), true),
        ("unique_by", of_rules(|c| unique(c.choice).map(str::to_string)), true),
        ("score", of_rules(|c| Some(score(&c.features))), true),
        ("confidence", of_rules(|_| Some(CONFIDENCE.to_string())), true),
        ("ranking", of_rules(|c| ranking(c.choice).map(str::to_string)), true),
        ("endpoints", of_rules(|c| endpoints(&c.endpoints)), true),
        ("could_be", of_rules(|c| c.left.clone()), true),
        ("severity", of_rules(|c| Some(c.severity.name().to_string())), true),
        ("in_graph", Arc::new(in_graph) as ArrayRef, true),
        ("needs_index", Arc::new(needs_index) as ArrayRef, false),
        ("reads", joined(|r| r.inputs.join(", ")), false),
        ("description", text(|r| &r.doc), false),
        ("file", text(|r| &r.file), false),
        ("query", text(|r| &r.sql), false),
    ])?)
}

/// By relation and name; views behind all relations.
fn place(rule: &Rule) -> (bool, &str, &str) {
    let relation = rule.output.candidates().map(|c| c.relation.as_str());
    (relation.is_none(), relation.unwrap_or_default(), &rule.name)
}

fn keep(choice: Choice) -> Option<&'static str> {
    match choice {
        Choice::GroupBySrc | Choice::GroupByPlace => Some("one"),
        Choice::TiesBySrc | Choice::TiesByPlace => Some("ties"),
        Choice::UniqueSrc | Choice::UniqueDst | Choice::UniquePair => None,
    }
}

fn unique(choice: Choice) -> Option<&'static str> {
    match choice {
        Choice::UniqueSrc => Some("src"),
        Choice::UniqueDst => Some("dst"),
        Choice::UniquePair => Some("src, dst, kind"),
        Choice::GroupBySrc | Choice::GroupByPlace | Choice::TiesBySrc | Choice::TiesByPlace => None,
    }
}

/// The sum that the score is; a column of the query if the rule has no features.
fn score(features: &[Feature]) -> String {
    if features.is_empty() {
        return "score".to_string();
    }
    let terms = features.iter().map(|f| format!("{} * {}", f.weight, f.name));
    terms.collect::<Vec<_>>().join(" + ")
}

fn endpoints(endpoints: &[Endpoints]) -> Option<String> {
    let line = |e: &Endpoints| {
        let kinds = format!("{} -> {}", e.from.join(", "), e.to.join(", "));
        match &e.edge {
            Some(edge) => format!("{edge}: {kinds}"),
            None => kinds,
        }
    };
    let lines: Vec<_> = endpoints.iter().map(line).collect();
    Some(lines.join("; ")).filter(|text| !text.is_empty())
}
