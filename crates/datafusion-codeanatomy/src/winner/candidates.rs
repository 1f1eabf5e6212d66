//! The queries behind a relation's three tables.

use crate::relation::Choice;

const ORDER: &str = "score DESC NULLS LAST, preference DESC NULLS LAST, rule_priority ASC NULLS LAST, \
     rule ASC NULLS LAST, dst ASC NULLS LAST, kind ASC NULLS LAST, bstart ASC NULLS LAST, bend ASC NULLS LAST";

/// All candidates of a relation, ranked: those of `proposals`, which are the queries of its rules.
///
/// Besides the columns of a proposal: `relation`; `confidence`, score / (score + 100), which grows with the score and
/// never reaches 1; `group_id`, null where nothing can exclude the candidate; `rank` in the group from 1;
/// `candidate_count` of the group; `tied`, the candidates of the group with this score; `runner_up_score`, the score of
/// the next in rank, null for the last. Where ties win together, all of them have rank 1.
pub fn candidates_sql(relation: &str, choice: Choice, proposals: &[String]) -> String {
    let proposals = proposals.join(" UNION ALL ");
    let standing = match choice {
        Choice::GroupBySrc => format!(
            "src AS group_id, CAST(row_number() OVER ranked AS BIGINT) AS rank, \
             count(*) OVER (PARTITION BY path, src) AS candidate_count, \
             count(*) OVER (PARTITION BY path, src, score) AS tied, \
             lead(score) OVER ranked AS runner_up_score \
             FROM ({proposals}) WINDOW ranked AS (PARTITION BY path, src ORDER BY {ORDER})"
        ),
        Choice::TiesBySrc => format!(
            "src AS group_id, \
             CASE WHEN score = max(score) OVER (PARTITION BY path, src) THEN CAST(1 AS BIGINT) \
             ELSE CAST(row_number() OVER ranked AS BIGINT) END AS rank, \
             count(*) OVER (PARTITION BY path, src) AS candidate_count, \
             count(*) OVER (PARTITION BY path, src, score) AS tied, \
             lead(score) OVER ranked AS runner_up_score \
             FROM ({proposals}) WINDOW ranked AS (PARTITION BY path, src ORDER BY {ORDER})"
        ),
        Choice::UniqueSrc | Choice::UniqueDst => format!(
            "arrow_cast(NULL, 'Utf8View') AS group_id, CAST(1 AS BIGINT) AS rank, \
             CAST(1 AS BIGINT) AS candidate_count, CAST(1 AS BIGINT) AS tied, \
             CAST(NULL AS BIGINT) AS runner_up_score FROM ({proposals})"
        ),
    };
    format!(
        "SELECT arrow_cast('{relation}', 'Utf8View') AS relation, kind, src, dst, path, bstart, bend, rule, rule_priority, \
         resolution, score, CAST(score AS DOUBLE) / CAST(score + 100 AS DOUBLE) AS confidence, {standing}"
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
