//! From rules to tables of a session.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::{Result, plan_err};
use datafusion::datasource::ViewTable;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use std::sync::Arc;

use super::contract::{Alignment, RuleContract, alignment};
use super::order::{Product, in_order, needed};
use super::rule::{Candidates, Choice, Feature, Output, Rule};
use super::{RuleFile, rule};
use crate::winner::{candidates_sql, explained_sql, losers_sql, winners_sql};

/// A relation and what makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its name, and that of the table of its winners.
    pub name: String,
    /// Which candidates exclude each other.
    pub choice: Choice,
    /// The names of its rules, in order of their files.
    pub rules: Vec<String>,
    /// The view of all rows that could have a candidate, if a rule names one.
    pub left: Option<String>,
    /// Whether stored graphs have it.
    pub in_graph: bool,
    /// What each rule promises of its rows.
    pub contracts: Vec<RuleContract>,
    /// How the columns of the rules' queries fit those of candidates.
    pub alignment: Vec<Alignment>,
    /// The queries of its rules, with the terms of their scores.
    proposals: Vec<String>,
}

/// Makes the views and relations of `files` tables of `ctx`, which has the tables that they read. Nothing is run; a
/// rule that cannot be planned is an error here. `has_index` says whether the source has a SCIP index; without one, rules that need it
/// have no rows.
///
/// Gives the relations, by name.
pub async fn create_relations(ctx: &SessionContext, files: &[RuleFile], has_index: bool) -> Result<Vec<Relation>> {
    let rules = files.iter().map(Rule::parse).collect::<Result<Vec<_>>>()?;
    let mut relations = vec![];
    let products = in_order(&rules, |table| ctx.table_exist(table).unwrap_or(false))?;
    for product in products {
        match product {
            Product::View(name) => {
                for rule in rules.iter().filter(|r| r.output == Output::View && r.name == name) {
                    plan_rule(ctx, rule).await?;
                    create_view(ctx, name, &rule.query(has_index), &rule.file).await?;
                }
            }
            Product::Relation(name) => relations.push(create_relation(ctx, name, &rules, has_index).await?),
        }
    }
    relations.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(relations)
}

/// Those of `files` that a stored graph needs, whose own queries read `others`.
pub(crate) fn stored(files: &[RuleFile], others: &[&str]) -> Result<Vec<RuleFile>> {
    let rules = files.iter().map(Rule::parse).collect::<Result<Vec<_>>>()?;
    let needed = needed(&rules, others);
    let kept = files.iter().zip(needed).filter(|(_, needed)| *needed);
    Ok(kept.map(|(file, _)| file.clone()).collect())
}

async fn create_relation(ctx: &SessionContext, name: &str, rules: &[Rule], has_index: bool) -> Result<Relation> {
    let all = rules.iter().filter_map(|rule| Some((rule, rule.output.candidates()?)));
    let makers: Vec<_> = all.filter(|(_, candidates)| candidates.relation == name).collect();
    let is_for_all = makers.iter().any(|(rule, _)| !rule.needs_index);
    let mut parts = vec![];
    let mut explained = vec![];
    let mut choices = vec![];
    let mut names = vec![];
    let mut lefts = vec![];
    let mut graphs = vec![];
    let mut contracts = vec![];
    let mut aligned = vec![];
    for (rule, candidates) in makers {
        let features = &candidates.features;
        let schema = candidate_columns(ctx, rule, features).await?;
        aligned.extend(alignment(rule, features, &schema));
        let columns: Vec<String> = schema.fields().iter().map(|f| f.name().clone()).collect();
        let sql = rule.query(has_index);
        let proposal = |terms: &str| proposal_sql(rule, candidates, &sql, &columns, terms);
        // A branch without rows would keep the engine from pushing filters through the others.
        if has_index || !rule.needs_index || !is_for_all {
            parts.push(proposal(""));
            explained.push(proposal(&terms_sql(features)));
        }
        choices.push((candidates.choice, rule));
        names.push(rule.name.clone());
        graphs.push((candidates.in_graph, rule));
        contracts.push(RuleContract {
            rule: rule.name.clone(),
            endpoints: candidates.endpoints.clone(),
            severity: candidates.severity,
        });
        lefts.extend(candidates.left.as_ref().map(|left| (left, rule)));
    }
    let Some((choice, _)) = choices.first().copied() else {
        return plan_err!("no rule makes the relation {name}");
    };
    if let Some((_, other)) = choices.iter().find(|(c, _)| *c != choice) {
        return plan_err!(
            "{}: the rules of the relation {name} do not agree on 'group' and 'unique'",
            other.file
        );
    }
    if let Some((_, other)) = lefts.iter().find(|(left, _)| *left != lefts[0].0) {
        return plan_err!(
            "{}: the rules of the relation {name} do not agree on 'left'",
            other.file
        );
    }
    if let Some((_, other)) = graphs.iter().find(|(g, _)| *g != graphs[0].0) {
        return plan_err!(
            "{}: the rules of the relation {name} do not agree on 'graph'",
            other.file
        );
    }
    let candidates = format!("{name}_candidates");
    create_view(ctx, &candidates, &candidates_sql(name, choice, &parts), name).await?;
    create_view(ctx, name, &winners_sql(&candidates), name).await?;
    create_view(ctx, &format!("{name}_losers"), &losers_sql(&candidates), name).await?;
    Ok(Relation {
        name: name.to_string(),
        choice,
        rules: names,
        left: lefts.first().map(|(left, _)| (*left).clone()),
        in_graph: graphs.first().is_none_or(|(g, _)| *g),
        contracts,
        alignment: aligned,
        proposals: explained,
    })
}

/// Makes the answers about each relation `r` tables of `ctx`: `r_ambiguity`, the groups whose best score is shared;
/// `r_coverage`, candidates, winners and rows that have one, per rule and in all (`rule` is null); and where a rule names
/// what could have a candidate, `r_unresolved`, what has none, and why, or that it may have more (its column `has_more`). `r_explained` has all candidates with the terms of
/// their scores and what decided their rank.
pub async fn create_answers(ctx: &SessionContext, relations: &[Relation]) -> Result<()> {
    for Relation {
        name,
        left,
        choice,
        proposals,
        ..
    } in relations
    {
        let ambiguity =
            format!("SELECT DISTINCT src, path, bstart, bend, score, tied, candidate_count FROM {name} WHERE tied > 1");
        create_view(
            ctx,
            &format!("{name}_explained"),
            &explained_sql(*choice, proposals),
            name,
        )
        .await?;
        create_view(ctx, &format!("{name}_ambiguity"), &ambiguity, name).await?;
        let counts =
            "count(*) AS candidates, count(*) FILTER (WHERE rank = 1) AS winners, count(DISTINCT src) AS resolved";
        let (all, without) = match left {
            Some(left) => {
                // Where candidates exclude each other by their place, that of a repetition has no edge of its own, and no reason.
                let (keys, is_left) = match choice {
                    Choice::GroupByPlace | Choice::TiesByPlace => (
                        "c.path = l.path AND c.bstart = l.bstart AND c.bend = l.bend",
                        "WHERE l.reason IS NOT NULL",
                    ),
                    _ => ("c.path = l.path AND c.src = l.src", ""),
                };
                let unresolved = format!(
                    "SELECT l.src, l.path, l.bstart, l.bend, l.reason FROM {left} l \
                     LEFT ANTI JOIN {name}_candidates c ON {keys} {is_left}"
                );
                // What has candidates and may have more, if the view of the left rows says so.
                let has_more = ctx
                    .table(left.as_str())
                    .await?
                    .schema()
                    .has_column_with_unqualified_name("has_more");
                let more = format!(" UNION ALL SELECT src, path, bstart, bend, reason FROM {left} WHERE has_more");
                let with_more = format!("{unresolved}{}", if has_more { more.as_str() } else { "" });
                create_view(ctx, &format!("{name}_unresolved"), &with_more, name).await?;
                let count = |of: &str| format!("SELECT count(*) AS n FROM {of}");
                (count(left), count(&format!("({unresolved})")))
            }
            None => ["SELECT CAST(NULL AS BIGINT) AS n"; 2].map(str::to_string).into(),
        };
        let coverage = format!(
            "SELECT c.rule, c.candidates, c.winners, c.resolved, a.n AS could_be, CAST(NULL AS BIGINT) AS unresolved \
             FROM (SELECT rule, {counts} FROM {name}_candidates GROUP BY rule) c CROSS JOIN ({all}) a UNION ALL \
             SELECT CAST(NULL AS VARCHAR), c.candidates, c.winners, c.resolved, a.n, u.n \
             FROM (SELECT {counts} FROM {name}_candidates) c CROSS JOIN ({all}) a CROSS JOIN ({without}) u"
        );
        create_view(ctx, &format!("{name}_coverage"), &coverage, name).await?;
    }
    Ok(())
}

async fn create_view(ctx: &SessionContext, name: &str, sql: &str, file: &str) -> Result<()> {
    let plan = ctx
        .state()
        .create_logical_plan(sql)
        .await
        .map_err(|e| e.context(format!("{file}: the query cannot be planned")))?;
    let view: Arc<dyn TableProvider> = Arc::new(ViewTable::new(plan, Some(sql.to_string())));
    ctx.register_table(name, view)?;
    Ok(())
}

/// The plan of a rule's query; an error says the line of the file that it is about, or at which the query begins.
async fn plan_rule(ctx: &SessionContext, rule: &rule::Rule) -> Result<LogicalPlan> {
    let mut state = ctx.state();
    state.config_mut().options_mut().sql_parser.collect_spans = true;
    state.create_logical_plan(&rule.text).await.map_err(|e| {
        let span = e.diagnostic().and_then(|d| d.span);
        let first = rule.text.lines().position(|l| !l.is_empty()).unwrap_or_default() + 1;
        let line = span.map_or(first, |s| s.start.line as usize);
        e.context(format!("{}:{line}: the query cannot be planned", rule.file))
    })
}

pub(super) const REQUIRED: [&str; 7] = ["src", "dst", "path", "bstart", "bend", "score", "resolution"];
pub(super) const OPTIONAL: [&str; 2] = ["kind", "preference"];

/// The columns of a rule's query, checked.
async fn candidate_columns(ctx: &SessionContext, rule: &rule::Rule, features: &[Feature]) -> Result<SchemaRef> {
    let file = &rule.file;
    let plan = plan_rule(ctx, rule).await?;
    let columns: Vec<String> = plan.schema().fields().iter().map(|f| f.name().clone()).collect();
    let is_feature = |name: &str| features.iter().any(|f| f.name == name);
    let mut required: Vec<&str> = REQUIRED.to_vec();
    if !features.is_empty() {
        required.retain(|name| *name != "score");
        required.extend(features.iter().map(|f| f.name.as_str()));
    }
    if let Some(missing) = required.iter().find(|r| !columns.iter().any(|c| c == *r)) {
        return plan_err!(
            "{file}: the query has no column {missing}; it needs {}",
            required.join(", ")
        );
    }
    if let Some(extra) = columns
        .iter()
        .find(|c| !required.contains(&c.as_str()) && !OPTIONAL.contains(&c.as_str()))
    {
        return plan_err!(
            "{file}: the column {extra} has no meaning; besides the required ones there are {}",
            OPTIONAL.join(", ")
        );
    }
    let counted = columns.iter().filter(|c| is_feature(c)).map(String::as_str);
    for name in ["bstart", "bend", "score", "preference"].into_iter().chain(counted) {
        if let Ok(field) = plan.schema().field_with_unqualified_name(name)
            && !(field.data_type().is_integer() || field.data_type().is_null())
        {
            return plan_err!("{file}: the column {name} is {}, not an integer", field.data_type());
        }
    }
    Ok(Arc::clone(plan.schema().inner()))
}

/// The rule's rows with all columns of a candidate.
fn proposal_sql(rule: &Rule, candidates: &Candidates, sql: &str, columns: &[String], terms: &str) -> String {
    let has = |name: &str| columns.iter().any(|c| c == name);
    let kind = if has("kind") {
        "kind".to_string()
    } else {
        format!("'{}'", candidates.edge.replace('\'', "''"))
    };
    let preference = if has("preference") {
        "CAST(preference AS BIGINT)"
    } else {
        "CAST(NULL AS BIGINT)"
    };
    let text = |sql: &str, name: &str| format!("arrow_cast({sql}, 'Utf8View') AS {name}");
    format!(
        "SELECT {kind}, src, dst, path, CAST(bstart AS BIGINT) AS bstart, CAST(bend AS BIGINT) AS bend, {rule_name}, \
         CAST({priority} AS BIGINT) AS rule_priority, {resolution}, {score} AS score, \
         {preference} AS preference{terms} FROM ({sql}) WHERE src IS NOT NULL AND dst IS NOT NULL",
        kind = text(&kind, "kind"),
        priority = candidates.priority,
        rule_name = text(&format!("'{}'", rule.name.replace('\'', "''")), "rule"),
        resolution = text("resolution", "resolution"),
        score = match candidates.features.as_slice() {
            [] => "CAST(score AS BIGINT)".to_string(),
            features => features.iter().map(term_sql).collect::<Vec<_>>().join(" + "),
        },
    )
}

/// What a feature adds to the score.
fn term_sql(feature: &Feature) -> String {
    format!("CAST({} AS BIGINT) * {}", feature.name, feature.weight)
}

/// The column `terms`: what the score is the sum of.
fn terms_sql(features: &[Feature]) -> String {
    let of = |name: &str, value: &str, weight: i64, term: &str| {
        format!(
            "named_struct('feature', '{name}', 'value', CAST({value} AS BIGINT), 'weight', CAST({weight} AS BIGINT), \
             'term', {term})"
        )
    };
    let terms: Vec<String> = match features {
        [] => vec![of("score", "score", 1, "CAST(score AS BIGINT)")],
        _ => features
            .iter()
            .map(|f| of(&f.name, &f.name, f.weight, &term_sql(f)))
            .collect(),
    };
    format!(", make_array({}) AS terms", terms.join(", "))
}
