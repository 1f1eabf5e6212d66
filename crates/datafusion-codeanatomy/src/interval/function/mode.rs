//! What the modes mean. Spans are half-open, `[start, end)`.
//!
//! An empty span, whose start is its end, has no length but a place: it is contained where its place is inside or at the start, and
//! it overlaps nothing. A reversed span, whose end is before its start, and one with a null bound match nothing.

use datafusion::logical_expr::{Expr, SortExpr, lit, when};

use datafusion::common::Result;

/// Start and end.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) start: Expr,
    pub(super) end: Expr,
}

impl Span {
    fn is_not_reversed(&self) -> Expr {
        self.start.clone().lt_eq(self.end.clone())
    }

    fn is_not_empty(&self) -> Expr {
        self.start.clone().lt(self.end.clone())
    }

    /// Its length; for times a duration.
    fn length(&self) -> Expr {
        self.end.clone() - self.start.clone()
    }

    /// The conditions under which it contains `inner`.
    fn contains(&self, inner: &Self) -> Vec<Expr> {
        let start_in = inner.start.clone().lt(self.end.clone());
        let at_start = inner.start.clone().eq(self.start.clone());
        vec![
            self.start.clone().lt_eq(inner.start.clone()),
            inner.end.clone().lt_eq(self.end.clone()),
            inner.is_not_reversed(),
            // An empty span at the end is outside.
            start_in.or(at_start),
        ]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Contains,
    ContainedBy,
    Overlaps,
    Exact,
    Nearest,
}

impl Mode {
    /// By name, the default first.
    pub(super) const ALL: &[(&str, Self)] = &[
        ("contains", Self::Contains),
        ("contained_by", Self::ContainedBy),
        ("overlaps", Self::Overlaps),
        ("exact", Self::Exact),
        ("nearest", Self::Nearest),
    ];

    /// What must be true of a pair of spans, all of it.
    pub(super) fn conditions(self, left: &Span, right: &Span) -> Vec<Expr> {
        match self {
            Self::Contains => left.contains(right),
            Self::ContainedBy => right.contains(left),
            // They share at least one unit.
            Self::Overlaps => vec![
                left.start.clone().lt(right.end.clone()),
                right.start.clone().lt(left.end.clone()),
                left.is_not_empty(),
                right.is_not_empty(),
            ],
            Self::Exact => vec![
                left.start.clone().eq(right.start.clone()),
                left.end.clone().eq(right.end.clone()),
                left.is_not_reversed(),
            ],
            Self::Nearest => vec![left.is_not_reversed(), right.is_not_reversed()],
        }
    }
}

/// How the matches of a row are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Best {
    Tightest,
    Widest,
    First,
    Last,
}

impl Best {
    /// By name, the default first.
    pub(super) const ALL: &[(&str, Option<Self>)] = &[
        ("all", None),
        ("tightest", Some(Self::Tightest)),
        ("widest", Some(Self::Widest)),
        ("first", Some(Self::First)),
        ("last", Some(Self::Last)),
    ];

    fn order(self, right: &Span) -> SortExpr {
        match self {
            Self::Tightest => right.length().sort(true, false),
            Self::Widest => right.length().sort(false, false),
            Self::First => right.start.clone().sort(true, false),
            Self::Last => right.start.clone().sort(false, false),
        }
    }
}

/// The order of a row's matches, before the right's columns complete it.
pub(super) fn order(mode: Mode, best: Option<Best>, left: &Span, right: &Span) -> Result<Vec<SortExpr>> {
    let mut order = vec![];
    if mode == Mode::Nearest {
        order.push(distance(left, right)?.sort(true, false));
    }
    order.extend(best.map(|best| best.order(right)));
    order.push(right.start.clone().sort(true, false));
    Ok(order)
}

/// How far apart two spans are: nothing if they overlap or touch.
fn distance(left: &Span, right: &Span) -> Result<Expr> {
    let right_is_after = right.start.clone().gt(left.end.clone());
    let left_is_after = left.start.clone().gt(right.end.clone());
    when(right_is_after, right.start.clone() - left.end.clone())
        .when(left_is_after, left.start.clone() - right.end.clone())
        .otherwise(left.end.clone() - left.end.clone())
}

/// Why a row of the left has no match: `NULL` if it has one. `has_match` and `has_key` are null where there is none.
pub(super) fn unmatched(has_match: Expr, keys: Vec<Expr>, span: &Span, has_key: Option<Expr>) -> Result<Expr> {
    let null = |expr: &Expr| expr.clone().is_null();
    let mut reason = when(
        has_match.is_not_null(),
        lit(datafusion::common::ScalarValue::Utf8(None)),
    );
    if let Some(any) = keys.iter().map(null).reduce(Expr::or) {
        reason = reason.when(any, lit("null key"));
    }
    reason = reason
        .when(null(&span.start).or(null(&span.end)), lit("null span"))
        .when(span.end.clone().lt(span.start.clone()), lit("reversed span"));
    if let Some(has_key) = has_key {
        reason = reason.when(has_key.is_null(), lit("no such key"));
    }
    reason.otherwise(lit("no span matches"))
}
