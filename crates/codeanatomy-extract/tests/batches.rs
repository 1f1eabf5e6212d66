//! Rows that are cut into batches.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod support;

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use codeanatomy_extract::{Extractor, Options, Request, RowFilter};
use codeanatomy_model::{CATALOGUE, Contract, Family, Languages, find};
use support::entry;

/// What a batch may have at most.
const BATCH_ROWS: usize = 8192;

/// Files with few rows, with those of several batches, and with none.
fn files() -> [(&'static str, String); 5] {
    let function =
        "@d\ndef f(a: int, *b):  # c\n    '''d'''\n    global g\n    for a.x in b(a, k=1): g = a[0] == 'text'\n";
    let class = "class C(B, metaclass=M):\n    x: int = f'{y!r}'\n    def m(self): return self.x\n__all__ = ['C']\n";
    let long = (function.to_owned() + class).repeat(4500);
    let name = "a_name_that_does_not_stand_in_a_view = 1\n".repeat(BATCH_ROWS);
    [
        ("a.py", function.repeat(40)),
        ("b.py", long),
        ("c.py", String::new()),
        ("d.py", name),
        ("e.py", format!("\u{feff}import a.b as c\n{class}x = (\n")),
    ]
}

/// The rows of all files in one batch, and in batches.
fn rows(contract: &'static Contract, filter: Option<RowFilter>) -> (RecordBatch, Vec<RecordBatch>) {
    let request = || {
        let request = Request::new(Options::default()).with(contract, None);
        filter
            .iter()
            .fold(request, |request, filter| request.with_filter(contract, filter.clone()))
    };
    let mut whole = Extractor::new(&request()).unwrap();
    let mut cut = Extractor::new(&request().in_batches(BATCH_ROWS)).unwrap();
    for (path, text) in files() {
        for extractor in [&mut whole, &mut cut] {
            extractor.add(&entry(path, text.as_bytes()), Ok(text.clone().into_bytes()));
        }
    }
    let (whole, cut) = (whole.table(contract.name).unwrap(), cut.table(contract.name).unwrap());
    assert_eq!(
        (whole.len(), whole.skipped()),
        (cut.len(), cut.skipped()),
        "{}",
        contract.name
    );
    let found = (whole.take().unwrap(), cut.take_batches().unwrap());
    assert!(whole.is_empty() && cut.is_empty());
    assert_eq!(cut.take_batches().unwrap(), []);
    assert_eq!(cut.take().unwrap().num_rows(), 0);
    found
}

#[test]
fn rows_in_batches_are_the_rows_in_one() {
    let of_python = |contract: &&&'static Contract| {
        let others = [
            Family::TreeSitter,
            Family::Modules,
            Family::CallGraph,
            Family::CrossChecks,
        ];
        contract
            .inputs
            .iter()
            .any(|language| Languages::PYTHON.contains(language))
            && !others.contains(&contract.family)
            && contract.name != "file_scope"
    };
    let mut several = 0;
    for contract in CATALOGUE.iter().filter(of_python) {
        let (whole, batches) = rows(contract, None);
        let joined = concat_batches(&whole.schema(), &batches).unwrap();
        assert!(joined == whole, "{}", contract.name);
        assert!(batches.iter().all(|batch| batch.num_rows() > 0), "{}", contract.name);
        several += usize::from(batches.len() > 1);
    }
    assert!(several >= 12, "{several} datasets have several batches");
}

#[test]
fn nodes_and_tokens_fill_batches_whatever_files_they_are_of() {
    for (dataset, kinds) in [("ast_nodes", ["Name", "Load"]), ("tokens", ["NAME", "OP"])] {
        let contract = find(dataset).expect("a dataset");
        let filter = RowFilter::new(contract, "kind", kinds.map(str::to_owned));
        for filter in [None, filter] {
            let (whole, batches) = rows(contract, filter);
            assert!(batches.len() > 2);
            let (last, full) = batches.split_last().unwrap();
            assert!(full.iter().all(|batch| batch.num_rows() == BATCH_ROWS));
            assert!(last.num_rows() <= BATCH_ROWS);
            assert!(concat_batches(&whole.schema(), &batches).unwrap() == whole);
        }
    }
}
