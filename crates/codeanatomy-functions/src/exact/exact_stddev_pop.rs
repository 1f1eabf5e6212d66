//! `exact_stddev_pop(value)`

use super::Statistic;

super::exact! {
    "exact_stddev_pop" like "stddev_pop", Statistic::StddevPop, VALUE;
    "The standard deviation of a population";
    "SELECT exact_stddev_pop(y) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
