//! From rules to tables of a session.

use datafusion::catalog::TableProvider;
use datafusion::common::{Result, plan_err};
use datafusion::datasource::ViewTable;
use datafusion::prelude::SessionContext;
use std::sync::Arc;

use super::order::{Product, in_order};
use super::rule::{Choice, Output, Rule};
use super::{RuleFile, rule};
use crate::winner::{candidates_sql, losers_sql, winners_sql};

/// A relation and what makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its name, and that of the table of its winners.
    pub name: String,
    /// Which candidates exclude each other.
    pub choice: Choice,
    /// The names of its rules, in order of their files.
    pub rules: Vec<String>,
}

/// Makes the views and relations of `files` tables of `ctx`, which has the tables that they read. Nothing is run; a
/// rule that cannot be planned is an error here.
///
/// Gives the relations, by name.
pub async fn create_relations(ctx: &SessionContext, files: &[RuleFile]) -> Result<Vec<Relation>> {
    let rules = files.iter().map(Rule::parse).collect::<Result<Vec<_>>>()?;
    let mut relations = vec![];
    let products = in_order(&rules, |table| ctx.table_exist(table).unwrap_or(false))?;
    for product in products {
        match product {
            Product::View(name) => {
                for rule in rules.iter().filter(|r| r.output == Output::View && r.name == name) {
                    create_view(ctx, name, &rule.sql, &rule.file).await?;
                }
            }
            Product::Relation(name) => relations.push(create_relation(ctx, name, &rules).await?),
        }
    }
    relations.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(relations)
}

async fn create_relation(ctx: &SessionContext, name: &str, rules: &[Rule]) -> Result<Relation> {
    let mut parts = vec![];
    let mut choices = vec![];
    let mut names = vec![];
    for rule in rules {
        if let Output::Candidates {
            relation,
            edge,
            choice,
            priority,
        } = &rule.output
            && relation == name
        {
            let columns = candidate_columns(ctx, rule).await?;
            parts.push(proposal_sql(rule, edge, *priority, &columns));
            choices.push((*choice, rule));
            names.push(rule.name.clone());
        }
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
    let candidates = format!("{name}_candidates");
    create_view(ctx, &candidates, &candidates_sql(name, choice, &parts), name).await?;
    create_view(ctx, name, &winners_sql(&candidates), name).await?;
    create_view(ctx, &format!("{name}_losers"), &losers_sql(&candidates), name).await?;
    Ok(Relation {
        name: name.to_string(),
        choice,
        rules: names,
    })
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

const REQUIRED: [&str; 7] = ["src", "dst", "path", "bstart", "bend", "score", "resolution"];
const OPTIONAL: [&str; 2] = ["kind", "preference"];

/// The columns of a rule's query, checked.
async fn candidate_columns(ctx: &SessionContext, rule: &rule::Rule) -> Result<Vec<String>> {
    let file = &rule.file;
    let plan = ctx
        .state()
        .create_logical_plan(&rule.sql)
        .await
        .map_err(|e| e.context(format!("{file}: the query cannot be planned")))?;
    let columns: Vec<String> = plan.schema().fields().iter().map(|f| f.name().clone()).collect();
    if let Some(missing) = REQUIRED.iter().find(|r| !columns.iter().any(|c| c == *r)) {
        return plan_err!(
            "{file}: the query has no column {missing}; it needs {}",
            REQUIRED.join(", ")
        );
    }
    if let Some(extra) = columns
        .iter()
        .find(|c| !REQUIRED.contains(&c.as_str()) && !OPTIONAL.contains(&c.as_str()))
    {
        return plan_err!(
            "{file}: the column {extra} has no meaning; besides the required ones there are {}",
            OPTIONAL.join(", ")
        );
    }
    for name in ["bstart", "bend", "score", "preference"] {
        if let Ok(field) = plan.schema().field_with_unqualified_name(name)
            && !(field.data_type().is_integer() || field.data_type().is_null())
        {
            return plan_err!("{file}: the column {name} is {}, not an integer", field.data_type());
        }
    }
    Ok(columns)
}

/// The rule's rows with all columns of a candidate.
fn proposal_sql(rule: &Rule, edge: &str, priority: i64, columns: &[String]) -> String {
    let has = |name: &str| columns.iter().any(|c| c == name);
    let kind = if has("kind") {
        "kind".to_string()
    } else {
        format!("'{}'", edge.replace('\'', "''"))
    };
    let preference = if has("preference") {
        "CAST(preference AS BIGINT)"
    } else {
        "CAST(NULL AS BIGINT)"
    };
    let text = |sql: &str, name: &str| format!("arrow_cast({sql}, 'Utf8View') AS {name}");
    format!(
        "SELECT {kind}, src, dst, path, CAST(bstart AS BIGINT) AS bstart, CAST(bend AS BIGINT) AS bend, {rule_name}, \
         CAST({priority} AS BIGINT) AS rule_priority, {resolution}, CAST(score AS BIGINT) AS score, \
         {preference} AS preference FROM ({sql}) WHERE src IS NOT NULL AND dst IS NOT NULL",
        kind = text(&kind, "kind"),
        rule_name = text(&format!("'{}'", rule.name.replace('\'', "''")), "rule"),
        resolution = text("resolution", "resolution"),
        sql = rule.sql,
    )
}
