//! `winners(input => (SELECT …), partition_by => …, order_by => …)` in FROM.

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use super::selection::{Rows, Winners};
use super::spec::Retention;
use crate::planner::{Parameter, RelationArguments, RelationFunction};

/// The function.
pub(crate) const WINNERS: RelationFunction = RelationFunction {
    name: "winners",
    description: "The first rows of every group of a query, by an order that is completed to a total one; with ranks and ties on request.",
    example: "SELECT * FROM winners(input => (SELECT * FROM (VALUES (1, 'a'), (1, 'b')) AS t(k, v)), partition_by => k, order_by => v)",
    parameters: PARAMETERS,
    plan,
};

const PARAMETERS: &[Parameter] = &[
    Parameter::required(
        "input",
        "the rows: a sub-query, or the name of a common table expression",
    ),
    Parameter::optional(
        "partition_by",
        "what the rows of a group are equal in: an expression over the input, a list of them, or text, 'a, b + 1'; \
         without it, all rows are one group",
    ),
    Parameter::optional(
        "order_by",
        "the order in a group, best first: an expression (ascending), a list of them, or text, 'a DESC NULLS LAST, b'; it is \
         completed by all columns of the input",
    ),
    Parameter::with_default("k", "1", "how many rows of a group win"),
    Parameter::with_default(
        "keep",
        "'winners'",
        "which rows are given: 'winners', 'losers', or 'ranked', which is all",
    ),
    Parameter::with_default(
        "retention",
        "'row_number'",
        "what is compared with k: 'row_number', or 'rank' or 'dense_rank', by which rows that tie in order_by win together",
    ),
    Parameter::optional(
        "report",
        "whether rank, candidates (rows of the group), tied (rows of the group with this score) and runner_up_score (the \
         score of the next in rank) follow the input's columns, where the score is the first expression of order_by; \
         without it, they do unless keep is 'winners'",
    ),
];

fn plan(arguments: &mut RelationArguments<'_, '_>) -> Result<LogicalPlan> {
    let given = arguments.literals(&["k", "keep", "retention", "report"])?;
    let k = given.integer("k")?.unwrap_or(1);
    if k == 0 {
        return arguments.error("k", "is at least 1");
    }
    let rows = [
        ("winners", Rows::Winners),
        ("ranked", Rows::Ranked),
        ("losers", Rows::Losers),
    ];
    let rows = given.choice("keep", &rows)?.unwrap_or_default();
    let retention = [
        ("row_number", Retention::RowNumber),
        ("rank", Retention::Rank),
        ("dense_rank", Retention::DenseRank),
    ];
    let retention = given.choice("retention", &retention)?.unwrap_or(Retention::RowNumber);
    let report = given.boolean("report")?;
    let input = arguments.relation("input")?;
    let partition_by = arguments.expressions("partition_by", input.schema())?;
    let order_by = arguments.order("order_by", input.schema())?;
    let winners = Winners {
        partition_by,
        order_by,
        k,
        retention,
        rows,
        report: report.unwrap_or(rows != Rows::Winners),
    };
    winners.plan(input)
}
