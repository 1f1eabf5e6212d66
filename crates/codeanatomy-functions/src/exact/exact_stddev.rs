//! `exact_stddev(value)`

use super::Statistic;

super::exact! {
    "exact_stddev" like "stddev", Statistic::Stddev, VALUE;
    "The standard deviation of a sample";
    "SELECT exact_stddev(y) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
