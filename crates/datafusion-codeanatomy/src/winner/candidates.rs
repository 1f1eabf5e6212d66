//! The queries behind a relation's three tables.

use crate::relation::Choice;

const ORDER: &str = "score DESC NULLS LAST, preference DESC NULLS LAST, rule_priority ASC NULLS LAST, \
     rule ASC NULLS LAST, dst ASC NULLS LAST, kind ASC NULLS LAST, bstart ASC NULLS LAST, bend ASC NULLS LAST";

/// How sure a candidate is, of its score.
pub(crate) const CONFIDENCE: &str = "CAST(score AS DOUBLE) / CAST(score + 100 AS DOUBLE)";

/// What candidates that exclude each other are equal in.
pub(crate) fn group_keys(choice: Choice) -> Option<&'static str> {
    group(choice).map(|(keys, _)| keys)
}

/// The order in which those of a group come.
pub(crate) fn ranking(choice: Choice) -> Option<&'static str> {
    group(choice).map(|_| ORDER)
}

/// All candidates of a relation, ranked: those of `proposals`, which are the queries of its rules.
///
/// Besides the columns of a proposal: `relation`; `confidence`, score / (score + 100), which grows with the score and
/// never reaches 1; `group_id`, null where nothing can exclude the candidate; `rank` in the group from 1;
/// `candidate_count` of the group; `tied`, the candidates of the group with this score; `runner_up_score`, the score of
/// the next in rank, null for the last. Where ties win together, all of them have rank 1.
pub fn candidates_sql(relation: &str, choice: Choice, proposals: &[String]) -> String {
    let proposals = proposals.join(" UNION ALL ");
    let standing = standing_sql(choice);
    let window = match group(choice) {
        Some((keys, _)) => format!("WINDOW ranked AS (PARTITION BY {keys} ORDER BY {ORDER})"),
        None => String::new(),
    };
    format!(
        "SELECT arrow_cast('{relation}', 'Utf8View') AS relation, kind, src, dst, path, bstart, bend, rule, rule_priority, \
         resolution, score, {CONFIDENCE} AS confidence, {standing} \
         FROM ({proposals}) {window}"
    )
}

/// All candidates as [`candidates_sql`] ranks them, with `terms` and `decided_by`: what put a candidate before the next one
/// (the first) or behind the one before (the others): a column of the order, `tie` where they win together, `only` where
/// there is one candidate. `proposals` have a column `terms`.
pub fn explained_sql(choice: Choice, proposals: &[String]) -> String {
    let proposals = proposals.join(" UNION ALL ");
    let standing = standing_sql(choice);
    let Some((keys, ties)) = group(choice) else {
        return format!(
            "SELECT kind, src, dst, path, bstart, bend, rule, rule_priority, resolution, score, \
             {CONFIDENCE} AS confidence, {standing}, 'only' AS decided_by, terms \
             FROM ({proposals})"
        );
    };
    let columns = ["score", "preference", "rule_priority", "rule", "dst", "kind", "bstart"];
    let other = |c: &&str| {
        format!(
            "CASE WHEN row_number() OVER ranked = 1 THEN lead({c}) OVER ranked ELSE lag({c}) OVER ranked END AS other_{c}"
        )
    };
    let others = columns.iter().map(other).collect::<Vec<_>>().join(", ");
    let differs = |c: &&str| {
        let found = match *c {
            "score" => "score",
            _ if ties => "tie",
            other => other,
        };
        format!("WHEN {c} IS DISTINCT FROM other_{c} THEN '{found}'")
    };
    let decided = columns.iter().map(differs).collect::<Vec<_>>().join(" ");
    format!(
        "SELECT kind, src, dst, path, bstart, bend, rule, rule_priority, resolution, score, \
         {CONFIDENCE} AS confidence, group_id, rank, candidate_count, tied, \
         runner_up_score, CASE WHEN candidate_count = 1 THEN 'only' {decided} ELSE 'bend' END AS decided_by, terms \
         FROM (SELECT *, {standing}, {others} FROM ({proposals}) \
         WINDOW ranked AS (PARTITION BY {keys} ORDER BY {ORDER}))"
    )
}

/// What candidates that exclude each other are equal in, and whether all with the best score win.
fn group(choice: Choice) -> Option<(&'static str, bool)> {
    match choice {
        Choice::GroupBySrc => Some(("path, src", false)),
        Choice::TiesBySrc => Some(("path, src", true)),
        Choice::GroupByPlace => Some(("path, bstart, bend", false)),
        Choice::TiesByPlace => Some(("path, bstart, bend", true)),
        Choice::UniqueSrc | Choice::UniqueDst | Choice::UniquePair => None,
    }
}

/// `group_id`, `rank`, `candidate_count`, `tied` and `runner_up_score`.
fn standing_sql(choice: Choice) -> String {
    let Some((keys, ties)) = group(choice) else {
        return "arrow_cast(NULL, 'Utf8View') AS group_id, CAST(1 AS BIGINT) AS rank, \
                CAST(1 AS BIGINT) AS candidate_count, CAST(1 AS BIGINT) AS tied, \
                CAST(NULL AS BIGINT) AS runner_up_score"
            .to_string();
    };
    let id = match choice {
        Choice::GroupByPlace | Choice::TiesByPlace => "stable_id('place', path, bstart, bend)",
        _ => "src",
    };
    let number = "CAST(row_number() OVER ranked AS BIGINT)";
    let rank = match ties {
        true => {
            let best = format!("rank() OVER (PARTITION BY {keys} ORDER BY score DESC NULLS LAST) = 1");
            format!("CASE WHEN {best} THEN CAST(1 AS BIGINT) ELSE {number} END")
        }
        false => number.to_string(),
    };
    format!(
        "{id} AS group_id, {rank} AS rank, count(*) OVER (PARTITION BY {keys}) AS candidate_count, \
         count(*) OVER (PARTITION BY {keys}, score) AS tied, lead(score) OVER ranked AS runner_up_score"
    )
}

/// The winners among `candidates`.
pub fn winners_sql(candidates: &str) -> String {
    format!("SELECT * FROM {candidates} WHERE rank = 1")
}

/// The others.
pub fn losers_sql(candidates: &str) -> String {
    format!("SELECT * FROM {candidates} WHERE rank > 1")
}
