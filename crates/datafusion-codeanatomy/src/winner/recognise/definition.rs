//! One definition of groups and their order, for several functions.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::Result;
use datafusion::physical_expr::PhysicalSortExpr;
use datafusion::physical_plan::PhysicalExpr;

use super::order::least;
use super::report::Question;
use crate::winner::spec::{ReportKind, Retention};

/// Groups and their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Definition {
    pub(super) partition_by: Vec<Arc<dyn PhysicalExpr>>,
    pub(super) order_by: Vec<PhysicalSortExpr>,
}

/// What answers several questions.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) definition: Definition,
    /// The order as far as it was written, of which the definition's is the start.
    pub(super) written: Vec<PhysicalSortExpr>,
    /// One for each question.
    pub(super) answers: Vec<ReportKind>,
}

/// The definition that answers all of `asked`, each of which stands over its own groups and effective order. The groups are those of `asked[main]`. None if no one definition does.
///
/// Functions of one definition may say more or less of the order, as far as the operator completes what is said to the
/// longest; but peers are by what is said, so `dense_rank()` and the ranking of `main` have to say the longest, and any other
/// `rank()` counts by as many keys as it says.
pub(super) fn common(asked: &[(Question, Definition)], main: usize, schema: &Schema) -> Result<Option<Common>> {
    let partition_by = &asked[main].1.partition_by;
    for key in partition_by {
        // A window of the engine has 0.0 and -0.0 in two partitions. For the operator they are one key, as they are for GROUP BY.
        if is_number_with_two_zeros(&key.data_type(schema)?) {
            return Ok(None);
        }
    }
    let ordered = || {
        asked
            .iter()
            .filter(|(question, _)| !matches!(question, Question::Count))
    };
    let longest = ordered().map(|(_, own)| &own.order_by).max_by_key(|order| order.len());
    let Some(longest) = longest else {
        return Ok(None);
    };
    let least = least(longest, partition_by, schema)?;
    let mut said = least;
    for (question, own) in ordered() {
        // A rank stands by what its own order says.
        let is_said = own.order_by.len() >= least || matches!(question, Question::Ranking(Retention::Rank));
        let is_part = longest.starts_with(&own.order_by) && is_said;
        if !is_part || !same_set(&own.partition_by, partition_by) {
            return Ok(None);
        }
    }
    let ties = |own: &Definition| ties(&own.partition_by, partition_by, longest);
    for (_, own) in asked.iter().filter(|(question, _)| matches!(question, Question::Count)) {
        match ties(own) {
            Some(prefix) => said = said.max(prefix),
            None => return Ok(None),
        }
    }
    // Rows are chosen by the ranking of `main`, so its peers are those of the whole order; of a dense rank there is one report.
    let is_peer = |question: &Question| matches!(question, Question::Ranking(Retention::Rank | Retention::DenseRank));
    let is_whole = |question: &Question, own: &Definition| {
        matches!(question, Question::Ranking(Retention::DenseRank)) || std::ptr::eq(own, &asked[main].1)
    };
    let lengths = |is: &dyn Fn(&Question, &Definition) -> bool| {
        let asked = asked
            .iter()
            .filter(|(question, own)| is_peer(question) && is(question, own));
        asked.map(|(_, own)| own.order_by.len()).collect::<Vec<_>>()
    };
    let whole = lengths(&is_whole);
    said = lengths(&|_, _| true).into_iter().fold(said, usize::max);
    if whole.iter().any(|length| *length != said) {
        return Ok(None);
    }
    let answers = asked.iter().map(|(question, own)| match question {
        Question::Ranking(Retention::RowNumber) => ReportKind::RowNumber,
        Question::Ranking(Retention::Rank) if own.order_by.len() < said => ReportKind::RankBy {
            prefix: own.order_by.len(),
        },
        Question::Ranking(Retention::Rank) => ReportKind::Rank,
        Question::Ranking(Retention::DenseRank) => ReportKind::DenseRank,
        Question::Next(expr) => ReportKind::RunnerUp { expr: Arc::clone(expr) },
        Question::Count => match ties(own) {
            Some(prefix) if prefix > 0 => ReportKind::Tied { prefix },
            _ => ReportKind::Candidates,
        },
    });
    Ok(Some(Common {
        definition: Definition {
            partition_by: partition_by.clone(),
            order_by: longest[..said].to_vec(),
        },
        written: longest.clone(),
        answers: answers.collect(),
    }))
}

fn is_number_with_two_zeros(ty: &DataType) -> bool {
    match ty {
        DataType::Dictionary(_, value) => value.is_floating(),
        ty => ty.is_floating(),
    }
}

/// How many keys of `order_by` the groups `own` are cut by, beyond those of `partition_by`.
fn ties(
    own: &[Arc<dyn PhysicalExpr>],
    partition_by: &[Arc<dyn PhysicalExpr>],
    order_by: &[PhysicalSortExpr],
) -> Option<usize> {
    if !partition_by.iter().all(|e| holds(own, e)) {
        return None;
    }
    let more: Vec<_> = own.iter().filter(|e| !holds(partition_by, e)).collect();
    let prefix = order_by
        .iter()
        .take_while(|key| more.iter().any(|e| e.eq(&&key.expr)))
        .count();
    let keys = &order_by[..prefix];
    more.iter()
        .all(|e| keys.iter().any(|key| key.expr.eq(e)))
        .then_some(prefix)
}

fn same_set(a: &[Arc<dyn PhysicalExpr>], b: &[Arc<dyn PhysicalExpr>]) -> bool {
    a.iter().all(|e| holds(b, e)) && b.iter().all(|e| holds(a, e))
}

fn holds(set: &[Arc<dyn PhysicalExpr>], expr: &Arc<dyn PhysicalExpr>) -> bool {
    set.iter().any(|e| e.eq(expr))
}
