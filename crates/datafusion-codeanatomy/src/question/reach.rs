//! What is reached over edges, breadth first: each edge is looked at once, whatever the number of steps.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringViewArray, UInt64Array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::{DataType, Int64Type, SchemaRef};
use datafusion::common::{Result, internal_err};
use rustc_hash::FxHashMap;

use super::found::Given;

/// Far away.
pub(super) const FAR: u32 = u32::MAX;

/// Who calls what has the name that is given, or is called by it: rows of `call_graph`, each once, with the fewest calls to there.
pub(super) fn callers(rows: &RecordBatch, schema: &SchemaRef, given: &Given) -> Result<RecordBatch> {
    calls(rows, schema, given, "callee", "caller")
}

/// What is called by what has the name that is given.
pub(super) fn callees(rows: &RecordBatch, schema: &SchemaRef, given: &Given) -> Result<RecordBatch> {
    calls(rows, schema, given, "caller", "callee")
}

fn calls(rows: &RecordBatch, schema: &SchemaRef, given: &Given, from: &str, to: &str) -> Result<RecordBatch> {
    let (from, to) = (text(rows, from)?, text(rows, to)?);
    let (names, edges) = numbered(&from, &to);
    let wanted = given.text("name");
    let is_start = |name: &&str| is_named(name, wanted);
    let starts: Vec<u32> = (0..).zip(&names).filter(|(_, n)| is_start(n)).map(|(i, _)| i).collect();
    let hops = u32::try_from(given.number("hops").max(0)).unwrap_or(FAR);
    // An edge is one step beyond where it begins.
    let distance = distances(names.len(), &edges, &starts, hops.saturating_sub(1));
    let (caller, callee, path) = (text(rows, "caller")?, text(rows, "callee")?, text(rows, "path")?);
    let (bstart, bend) = (ints(rows, "bstart")?, ints(rows, "bend")?);
    let mut kept: Vec<usize> = (0..edges.len())
        .filter(|i| hops > 0 && distance[edges[*i].0 as usize] != FAR)
        .collect();
    let key = |i: &usize| {
        (
            distance[edges[*i].0 as usize],
            path.value(*i),
            bstart.value(*i),
            bend.value(*i),
            callee.value(*i),
            caller.value(*i),
        )
    };
    kept.sort_by(|a, b| key(a).cmp(&key(b)));
    // Of a name that is defined several times, all may be called at one place.
    kept.dedup_by(|a, b| key(a) == key(b));
    let steps = kept.iter().map(|i| i64::from(distance[edges[*i].0 as usize]) + 1);
    let mut columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from_iter_values(steps))];
    let indices = UInt64Array::from_iter_values(kept.iter().map(|i| *i as u64));
    for field in schema.fields().iter().skip(1) {
        let Some(column) = rows.column_by_name(field.name()) else {
            return internal_err!("calls have no column {}", field.name());
        };
        columns.push(take(&cast(column, field.data_type())?, &indices, None)?);
    }
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// Whether a dotted name is `wanted`, or ends with it.
pub(super) fn is_named(name: &str, wanted: &str) -> bool {
    name == wanted || name.strip_suffix(wanted).is_some_and(|owner| owner.ends_with('.'))
}

/// The fewest steps from the starts to every node, at most `most`; [`FAR`] where none lead.
pub(super) fn distances(nodes: usize, edges: &[(u32, u32)], starts: &[u32], most: u32) -> Vec<u32> {
    // The edges of each node are those from its first to that of the next.
    let mut first = vec![0_usize; nodes + 1];
    edges.iter().for_each(|(from, _)| first[*from as usize + 1] += 1);
    for node in 0..nodes {
        first[node + 1] += first[node];
    }
    let mut free = first.clone();
    let mut next = vec![0; edges.len()];
    for (from, to) in edges {
        let at = &mut free[*from as usize];
        next[*at] = *to;
        *at += 1;
    }
    let mut distance = vec![FAR; nodes];
    let mut open = starts.to_vec();
    open.iter().for_each(|node| distance[*node as usize] = 0);
    let mut steps = 0;
    while !open.is_empty() && steps < most {
        steps += 1;
        let mut reached = vec![];
        for node in open {
            for to in &next[first[node as usize]..first[node as usize + 1]] {
                if distance[*to as usize] == FAR {
                    distance[*to as usize] = steps;
                    reached.push(*to);
                }
            }
        }
        open = reached;
    }
    distance
}

/// All names, and the ends of every edge by their numbers.
pub(super) fn numbered<'a>(from: &'a StringViewArray, to: &'a StringViewArray) -> (Vec<&'a str>, Vec<(u32, u32)>) {
    let mut numbers = FxHashMap::default();
    let mut names = vec![];
    let mut number = |name: &'a str| {
        *numbers.entry(name).or_insert_with(|| {
            names.push(name);
            names.len() as u32 - 1
        })
    };
    let ends = (0..from.len()).map(|i| (number(from.value(i)), number(to.value(i))));
    let ends = ends.collect();
    (names, ends)
}

pub(super) fn text(rows: &RecordBatch, name: &str) -> Result<StringViewArray> {
    let Some(column) = rows.column_by_name(name) else {
        return internal_err!("the rows have no column {name}");
    };
    Ok(cast(column, &DataType::Utf8View)?.as_string_view().clone())
}

pub(super) fn ints(rows: &RecordBatch, name: &str) -> Result<Int64Array> {
    let Some(column) = rows.column_by_name(name) else {
        return internal_err!("the rows have no column {name}");
    };
    Ok(cast(column, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_the_fewest_steps_and_end_at_the_bound() {
        let edges = [(0, 1), (1, 2), (2, 0), (0, 2), (2, 3), (3, 4), (5, 4)];
        assert_eq!(distances(6, &edges, &[0], 9), [0, 1, 1, 2, 3, FAR]);
        assert_eq!(distances(6, &edges, &[0, 5], 1), [0, 1, 1, FAR, 1, 0]);
        assert_eq!(distances(6, &edges, &[0], 0), [0, FAR, FAR, FAR, FAR, FAR]);
    }
}
