//! `session_index(key)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, Int64Array};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::PartitionEvaluator;

use super::Window;
use super::previous_change::changes;
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct SessionIndex;

impl Window for SessionIndex {
    const SPEC: &'static Spec = &Spec {
        name: "session_index",
        kind: Kind::Window,
        section: "Windows",
        parameters: &[Parameter::variadic(
            "key",
            Class::Ordered,
            "What stays the same in a session.",
        )],
        returns: "BIGINT",
        description: "The number of the session that the row is in, from 0 and without gaps: a session ends where a key differs from that of the row before, in the order of the window. The frame does not matter.",
        nulls: "Null is a key of its own, equal to null; never null.",
        example: "SELECT n, session_index(v) OVER (ORDER BY n) FROM (VALUES (1, 'a'), (2, 'a'), (3, 'b'), (4, 'a')) AS t(n, v)",
        since: "0.1.0",
    };

    fn returns(_types: &[DataType]) -> (DataType, bool) {
        (DataType::Int64, false)
    }

    fn evaluator(_types: &[DataType]) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Sessions))
    }
}

#[derive(Debug)]
struct Sessions;

impl PartitionEvaluator for Sessions {
    fn evaluate_all(&mut self, values: &[ArrayRef], _rows: usize) -> Result<ArrayRef> {
        let mut session = -1;
        let sessions = changes(values)?.into_iter().map(|change| {
            session += i64::from(change);
            session
        });
        Ok(Arc::new(Int64Array::from_iter_values(sessions)))
    }
}
