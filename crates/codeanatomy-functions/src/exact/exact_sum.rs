//! `exact_sum(value)`

use super::Statistic;

super::exact! {
    "exact_sum" like "sum", Statistic::Sum, VALUE;
    "The sum";
    "SELECT exact_sum(y) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
