//! `interval_join(left => (SELECT …), right => (SELECT …), …)`: a join of spans, as a plan of standard nodes.
//!
//! Each mode is a condition in SQL ([`mode`]); what the call becomes is a join, with a rank over it where only the best matches are
//! asked for ([`lower`]). Any DataFusion runs that; the rule `interval_join` of this crate makes it fast.

mod lower;
mod mode;
mod sides;

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use self::lower::{How, lower};
use self::mode::{Best, Mode};
use self::sides::Sides;
use crate::planner::{Parameter, RelationArguments, RelationFunction};

/// The function, for the planner and the catalogue.
pub(crate) const INTERVAL_JOIN: RelationFunction = RelationFunction {
    name: "interval_join",
    description: "The rows of one query beside the rows of another whose spans they contain, overlap, equal or are next to.",
    example: "SELECT * FROM interval_join(left => (SELECT 0 AS bstart, 9 AS bend), right => (SELECT 2 AS bstart, 3 AS bend))",
    parameters: PARAMETERS,
    plan,
};

const PARAMETERS: &[Parameter] = &[
    Parameter::required("left", "a query in parentheses: the rows that look for matches"),
    Parameter::required("right", "a query in parentheses: the rows among which they look"),
    Parameter::optional(
        "on",
        "what must be equal: a column of both sides, a list of them, or pairs [a = b] of an expression over the left and one over the right; left out, every row may match every row",
    ),
    Parameter::optional(
        "mode",
        "'contains' (the left span contains the right one; the default), 'contained_by', 'overlaps', 'exact' or 'nearest'",
    ),
    Parameter::optional(
        "how",
        "'inner' (the default), 'left' (rows of the left without a match, too, and why: column unmatched), 'semi' or 'anti'",
    ),
    Parameter::optional(
        "best",
        "which matches of a left row stay: 'all' (the default), or the first k by 'tightest' (least length), 'widest', 'first' (least start) or 'last'; ties fall to the least start, then to the right's columns in their order",
    ),
    Parameter::optional(
        "k",
        "how many matches of a left row stay at most, with best or mode 'nearest'; 1 if it is left out",
    ),
    Parameter::optional(
        "left_span",
        "start and end of a left row's span, [bstart, bend] if it is left out",
    ),
    Parameter::optional(
        "right_span",
        "start and end of a right row's span, [bstart, bend] if it is left out",
    ),
    Parameter::optional(
        "prefix",
        "what stands before the name of a right column whose name the left has, too; 'right_' if it is left out",
    ),
];

/// A call, read and checked.
struct Call {
    sides: Sides,
    mode: Mode,
    how: How,
    /// How the matches of a row are ordered and how many stay; all of them if `None`.
    best: Option<(Option<Best>, u64)>,
    prefix: String,
}

fn plan(given: &mut RelationArguments<'_, '_>) -> Result<LogicalPlan> {
    let words = given.literals(&["mode", "how", "best", "k", "prefix"])?;
    let mode = one_of(given, "mode", words.text("mode")?, Mode::ALL)?;
    let how = one_of(given, "how", words.text("how")?, How::ALL)?;
    let best = one_of(given, "best", words.text("best")?, Best::ALL)?;
    let k = words.integer("k")?;
    if k == Some(0) {
        return Err(given.invalid("k is how many matches stay, 1 at least"));
    }
    let ranked = best.is_some() || mode == Mode::Nearest;
    if k.is_some() && !ranked {
        return Err(given.invalid(
            "k counts the best matches, so it needs best => 'tightest' or another order, or mode => 'nearest'",
        ));
    }
    let asks_for_existence = matches!(how, How::Semi | How::Anti);
    if asks_for_existence && (best.is_some() || k.is_some()) {
        return Err(given.invalid("how => 'semi' and 'anti' give rows of the left only, of which no match is the best"));
    }
    let prefix = words.text("prefix")?.unwrap_or("right_").to_string();
    let sides = Sides::read(given)?;
    let call = Call {
        sides,
        mode,
        how,
        best: (ranked && !asks_for_existence).then_some((best, k.unwrap_or(1))),
        prefix,
    };
    lower(call, given)
}

/// What `word` stands for; the first of `words` if it is left out.
fn one_of<T: Copy>(
    given: &RelationArguments<'_, '_>,
    parameter: &str,
    word: Option<&str>,
    words: &[(&str, T)],
) -> Result<T> {
    let found = match word {
        None => words.first(),
        Some(word) => words.iter().find(|(w, _)| w.eq_ignore_ascii_case(word)),
    };
    match found {
        Some((_, value)) => Ok(*value),
        None => {
            let all: Vec<_> = words.iter().map(|(w, _)| format!("'{w}'")).collect();
            let word = word.unwrap_or_default();
            Err(given.invalid(format!("{parameter} is one of {}, not '{word}'", all.join(", "))))
        }
    }
}
