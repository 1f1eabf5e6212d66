//! Edges that lead back to where they begin.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, UInt64Array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::{Result, internal_err};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use super::found::Given;
use super::reach::numbered;

/// Of edges between names, those inside of strongly connected components (Kosaraju and Sharir), with the number of the component, in the order of
/// its least name, and its size. Linear in the edges, but for sorting.
pub(super) fn inside_of_circles(edges: &RecordBatch, schema: &SchemaRef, _: &Given) -> Result<RecordBatch> {
    let text = |i: usize| Ok::<_, datafusion::error::DataFusionError>(cast(edges.column(i), &DataType::Utf8View)?);
    let (from, to) = (text(0)?, text(1)?);
    let (Some(from), Some(to)) = (from.as_string_view_opt(), to.as_string_view_opt()) else {
        return internal_err!("edges are not between texts");
    };
    let (names, ends) = numbered(from, to);
    let mut graph = DiGraph::<(), (), u32>::with_capacity(names.len(), ends.len());
    names.iter().for_each(|_| _ = graph.add_node(()));
    graph.extend_with_edges(ends.iter().copied());
    let name = |node: &u32| names[*node as usize];
    let mut components: Vec<(Option<&str>, Vec<u32>)> = kosaraju_scc(&graph)
        .into_iter()
        .map(|nodes| nodes.into_iter().map(|node| node.index() as u32).collect::<Vec<_>>())
        .map(|nodes| (nodes.iter().map(name).min(), nodes))
        .collect();
    components.sort_unstable();
    let mut component_of = vec![0; names.len()];
    for (number, (_, nodes)) in components.iter().enumerate() {
        nodes.iter().for_each(|node| component_of[*node as usize] = number);
    }
    let of = |node: u32| component_of[node as usize];
    let is_inside = |i: &usize| of(ends[*i].0) == of(ends[*i].1);
    let mut inside: Vec<usize> = (0..ends.len()).filter(is_inside).collect();
    inside.sort_unstable_by_key(|i| (of(ends[*i].0), from.value(*i), to.value(*i)));
    let mut number_of = vec![0; components.len()];
    inside.iter().for_each(|i| number_of[of(ends[*i].0)] = 1);
    let mut last = 0;
    for number in &mut number_of {
        last += *number;
        *number = last;
    }
    let numbers = inside.iter().map(|i| number_of[of(ends[*i].0)]);
    let sizes = inside.iter().map(|i| components[of(ends[*i].0)].1.len() as i64);
    let rows = UInt64Array::from_iter_values(inside.iter().map(|i| *i as u64));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(numbers)),
        Arc::new(Int64Array::from_iter_values(sizes)),
        take(from, &rows, None)?,
        take(to, &rows, None)?,
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::StringViewArray;
    use datafusion::arrow::datatypes::{Field, Schema};

    use super::*;

    fn circles(edges: &[(&str, &str)]) -> Vec<(i64, i64, String, String)> {
        let texts = |f: fn(&(&'static str, &'static str)) -> &'static str, edges: &[(&'static str, &'static str)]| {
            Arc::new(StringViewArray::from_iter_values(edges.iter().map(f))) as ArrayRef
        };
        let edges: Vec<(&'static str, &'static str)> = edges
            .iter()
            .map(|(a, b)| (&*a.to_string().leak(), &*b.to_string().leak()))
            .collect();
        let batch = RecordBatch::try_from_iter([("path", texts(|e| e.0, &edges)), ("imports", texts(|e| e.1, &edges))]);
        let int = |name: &str| Field::new(name, DataType::Int64, true);
        let text = |name: &str| Field::new(name, DataType::Utf8View, true);
        let schema = Arc::new(Schema::new(vec![
            int("cycle"),
            int("size"),
            text("path"),
            text("imports"),
        ]));
        let rows = inside_of_circles(&batch.unwrap(), &schema, &Given::default()).unwrap();
        let ints = |i: usize| {
            rows.column(i)
                .as_primitive::<datafusion::arrow::datatypes::Int64Type>()
                .clone()
        };
        let texts = |i: usize| rows.column(i).as_string_view().clone();
        let row = |i: usize| {
            let (from, to) = (texts(2).value(i).to_string(), texts(3).value(i).to_string());
            (ints(0).value(i), ints(1).value(i), from, to)
        };
        (0..rows.num_rows()).map(row).collect()
    }

    #[test]
    fn edges_of_a_circle_are_found_and_those_that_lead_to_it_or_on_are_not() {
        let edges = [
            ("x", "b"),
            ("c", "b"),
            ("b", "c"),
            ("c", "y"),
            ("a", "a"),
            ("y", "z"),
            ("b", "d"),
            ("d", "c"),
        ];
        let row = |cycle, size, from: &str, to: &str| (cycle, size, from.to_string(), to.to_string());
        let expected = [
            row(1, 1, "a", "a"),
            row(2, 3, "b", "c"),
            row(2, 3, "b", "d"),
            row(2, 3, "c", "b"),
            row(2, 3, "d", "c"),
        ];
        assert_eq!(circles(&edges), expected);
        assert_eq!(circles(&[]), []);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let edges: Vec<(String, String)> = (0..100_000)
            .map(|i| (format!("{i}"), format!("{}", (i + 1) % 100_000)))
            .collect();
        let edges: Vec<(&str, &str)> = edges.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(circles(&edges).len(), 100_000);
    }
}
