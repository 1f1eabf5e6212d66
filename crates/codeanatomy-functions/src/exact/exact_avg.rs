//! `exact_avg(value)`

use super::Statistic;

super::exact! {
    "exact_avg" like "avg", Statistic::Avg, VALUE;
    "The mean";
    "SELECT exact_avg(y) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
