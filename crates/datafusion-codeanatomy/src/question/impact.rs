//! What a change may affect.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use codeanatomy_extract::built_in;
use codeanatomy_extract::file::Globs;
use datafusion::arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{DataFusionError, Result, plan_err};
use rustc_hash::FxHashMap;

use super::found::Given;
use super::reach::{FAR, distances, ints, is_named, text};
use crate::source::changed_between;

/// Of a range of commits, the files that it changes.
pub(super) fn changes(given: &mut Given) -> Result<()> {
    let [path, name, range] = ["path", "name", "range"].map(|p| given.text(p).to_string());
    if path.is_empty() && name.is_empty() && range.is_empty() {
        return plan_err!("impact: say what is changed: `path`, `name` or `range`");
    }
    if !range.is_empty() {
        let files = changed_between(Path::new(given.text("repository")), &range)?;
        given.set("files", files.join("\0"));
    }
    Ok(())
}

/// What a change may affect: of rows that are nodes (`node`, `kind`, `name`, `path`, `bstart`) and steps (`node` affects `affected` for a
/// `reason`), the nodes that the change is of, and those that steps lead to, with the first reason of the fewest steps.
pub(super) fn impact(rows: &RecordBatch, schema: &SchemaRef, given: &Given) -> Result<RecordBatch> {
    let (node, affected, reason) = (text(rows, "node")?, text(rows, "affected")?, text(rows, "reason")?);
    let (kind, name, path, bstart) = (
        text(rows, "kind")?,
        text(rows, "name")?,
        text(rows, "path")?,
        ints(rows, "bstart")?,
    );
    let is_step = |i: &usize| affected.is_valid(*i);
    let mut row_of: FxHashMap<&str, u32> = FxHashMap::default();
    let mut nodes = vec![];
    for i in (0..rows.num_rows()).filter(|i| !is_step(i)) {
        row_of.entry(node.value(i)).or_insert_with(|| {
            nodes.push(i);
            nodes.len() as u32 - 1
        });
    }
    // Steps between nodes that are there, with their rows.
    let ends = |i: usize| Some((*row_of.get(node.value(i))?, *row_of.get(affected.value(i))?));
    let steps = (0..rows.num_rows()).filter(is_step);
    let (edges, of_edges): (Vec<(u32, u32)>, Vec<usize>) = steps.filter_map(|i| Some((ends(i)?, i))).unzip();
    let paths: BTreeSet<&str> = nodes
        .iter()
        .filter(|i| path.is_valid(**i))
        .map(|i| path.value(*i))
        .collect();
    let changed = Changed::try_new(given, paths.into_iter())?;
    let is_changed = |i: usize| {
        matches!(kind.value(i), "file" | "class" | "function" | "method")
            && changed.has(path.is_valid(i).then(|| path.value(i)), name.value(i))
    };
    let starts: Vec<u32> = (0..)
        .zip(&nodes)
        .filter(|(_, i)| is_changed(**i))
        .map(|(n, _)| n)
        .collect();
    if starts.is_empty() && !changed.may_be_nothing() {
        return plan_err!("impact: nothing of the source is at {}", changed.shown());
    }
    let hops = u32::try_from(given.number("hops").max(0)).unwrap_or(FAR);
    let distance = distances(nodes.len(), &edges, &starts, hops);
    // The least reason of the steps that come from one step less, and by its id what they come from.
    let mut because: Vec<Option<(&str, &str, u32)>> = vec![None; nodes.len()];
    for ((from, to), row) in edges.iter().zip(&of_edges) {
        let (near, far) = (distance[*from as usize], distance[*to as usize]);
        if near != FAR && far == near + 1 {
            let found = (reason.value(*row), node.value(*row), *from);
            let best = &mut because[*to as usize];
            if best.is_none_or(|b| found < b) {
                *best = Some(found);
            }
        }
    }
    let mut kept: Vec<usize> = (0..nodes.len()).filter(|n| distance[*n] != FAR).collect();
    let key = |n: &usize| {
        let i = nodes[*n];
        let place = (path.is_null(i), path.value(i), bstart.is_null(i), bstart.value(i));
        (distance[*n], place, kind.value(i), name.value(i), node.value(i))
    };
    kept.sort_by(|a, b| key(a).cmp(&key(b)));
    let row = |n: &usize| nodes[*n];
    let texts = |of: &mut dyn Iterator<Item = Option<&str>>| Arc::new(of.collect::<StringViewArray>()) as ArrayRef;
    let cell = |column: &StringViewArray, i: usize| column.is_valid(i).then(|| column.value(i).to_string());
    let paths: Vec<Option<String>> = kept.iter().map(|n| cell(&path, row(n))).collect();
    let causes = |n: &usize| because[*n].map_or(*n, |(_, _, from)| from as usize);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(
            kept.iter().map(|n| i64::from(distance[*n])),
        )),
        texts(&mut kept.iter().map(|n| Some(kind.value(row(n))))),
        texts(&mut kept.iter().map(|n| Some(name.value(row(n))))),
        texts(&mut paths.iter().map(Option::as_deref)),
        texts(
            &mut kept
                .iter()
                .map(|n| Some(because[*n].map_or("changed", |(reason, _, _)| reason))),
        ),
        texts(&mut kept.iter().map(|n| Some(name.value(nodes[causes(n)])))),
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// What was changed.
struct Changed<'a> {
    path: &'a str,
    name: &'a str,
    range: &'a str,
    /// The files that a range of commits changes or a glob matches, in order, if one is given.
    files: Option<Vec<String>>,
}

impl<'a> Changed<'a> {
    /// Of a source with these paths.
    fn try_new<'p>(given: &'a Given, paths: impl Iterator<Item = &'p str>) -> Result<Self> {
        let (path, range) = (given.text("path"), given.text("range"));
        let mut files =
            (!range.is_empty()).then(|| given.text("files").split('\0').map(str::to_string).collect::<Vec<_>>());
        if path.contains(['*', '?', '[']) {
            let globs =
                Globs::new([path], [] as [&str; 0]).map_err(|e| DataFusionError::Plan(format!("impact: {e}")))?;
            let paths = paths.map(|path| (path.to_string(), 0));
            let matched = codeanatomy_extract::file::given(paths, &globs, built_in());
            files
                .get_or_insert_default()
                .extend(matched.into_iter().map(|entry| entry.path));
        }
        if let Some(files) = &mut files {
            files.sort_unstable();
        }
        Ok(Self {
            path: path.trim_start_matches("./").trim_end_matches('/'),
            name: given.text("name"),
            range,
            files,
        })
    }

    fn has(&self, path: Option<&str>, name: &str) -> bool {
        let Some(path) = path else { return false };
        let is_listed = |files: &Vec<String>| files.binary_search_by(|file| file.as_str().cmp(path)).is_ok();
        let behind = path.strip_prefix(self.path).filter(|_| !self.path.is_empty());
        self.files.as_ref().is_some_and(is_listed)
            || self.path == "."
            || behind.is_some_and(|b| b.is_empty() || b.starts_with('/'))
            || (!self.name.is_empty() && is_named(name, self.name))
    }

    /// A range of commits may change nothing of the source.
    fn may_be_nothing(&self) -> bool {
        !self.range.is_empty()
    }

    fn shown(&self) -> String {
        let parts = [("the path", self.path), ("the name", self.name)];
        let parts = parts.iter().filter(|(_, text)| !text.is_empty());
        parts
            .map(|(what, text)| format!("{what} '{text}'"))
            .collect::<Vec<_>>()
            .join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_or_a_folder_and_nothing_that_looks_like_it() {
        let given = Given::of([("path", "a_b/c_d.py")]);
        let changed = Changed::try_new(&given, ["a_b/x/c.py", "aXb/x/c.py"].into_iter()).unwrap();
        assert!(changed.has(Some("a_b/c_d.py"), "x"));
        assert!(!changed.has(Some("aXb/c_d.py"), "x"));
        assert!(!changed.has(Some("a_b/c_d.pyi"), "x"));
        let given = Given::of([("path", "a_b/")]);
        let changed = Changed::try_new(&given, ["a_b/x/c.py", "aXb/x/c.py"].into_iter()).unwrap();
        assert!(changed.has(Some("a_b/c.py"), "x") && !changed.has(Some("a_bc/c.py"), "x"));
        let given = Given::of([("path", "a_b/**/*.py")]);
        let changed = Changed::try_new(&given, ["a_b/x/c.py", "aXb/x/c.py"].into_iter()).unwrap();
        assert!(changed.has(Some("a_b/x/c.py"), "x") && !changed.has(Some("aXb/x/c.py"), "x"));
    }
}
