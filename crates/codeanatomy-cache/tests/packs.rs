//! What is found is what was extracted, whatever happened to the files of the cache.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use codeanatomy_cache::{Cache, CachedRows, ContentHash, Counts, FileHash};
use codeanatomy_extract::file::{Entry, Globs, given};
use codeanatomy_extract::{Extractor, Options};
use codeanatomy_model::{CATALOGUE, Contract, Family, Languages, find};

const BOUND: u64 = 1 << 30;

type Files = Vec<(String, String)>;

fn files(range: std::ops::Range<usize>) -> Files {
    let text = |i: usize| {
        format!("import m{i}\nclass C{i}(B):\n    def f(self, a):\n        'Ä text.'\n        return a + {i}\n")
    };
    range.map(|i| (format!("p/m{i}.py"), text(i))).collect()
}

fn entries(files: &Files) -> Vec<Entry> {
    let sizes = files.iter().map(|(path, text)| (path.clone(), text.len() as u64));
    given(sizes, &Globs::default(), Languages::PYTHON)
}

fn definitions() -> &'static Contract {
    find("definitions").unwrap()
}

fn all(contract: &Contract) -> Vec<usize> {
    (0..contract.columns.len())
        .filter(|i| CachedRows::keeps(contract, &[*i]))
        .collect()
}

/// The rows of files, as a scan gives them with a cache.
fn scan(cache: &Arc<Cache>, contract: &'static Contract, projection: &[usize], files: &Files) -> (RecordBatch, Counts) {
    let mut rows = CachedRows::new(cache, contract, projection, Options::default(), None).unwrap();
    let request = CachedRows::request(contract, Options::default(), None);
    let mut extractor = Extractor::new(&request).unwrap();
    for entry in entries(files) {
        let (_, text) = files.iter().find(|(path, _)| *path == entry.path).unwrap();
        let key = rows.key(&FileHash::new(&entry, &ContentHash::of(text.as_bytes()), None));
        if !rows.find(&key).unwrap() {
            extractor.add(&entry, Ok(text.clone().into_bytes()));
            let extracted = extractor.table(contract.name).unwrap().take().unwrap();
            rows.add(Some(key), &extracted).unwrap();
        }
    }
    let batches = rows.take().unwrap();
    rows.finish();
    (concat_batches(&batches[0].schema(), &batches).unwrap(), rows.counts())
}

/// The same without a cache.
fn extracted(contract: &'static Contract, projection: &[usize], files: &Files) -> RecordBatch {
    let request = codeanatomy_extract::Request::new(Options::default()).with(contract, Some(projection.to_vec()));
    let mut extractor = Extractor::new(&request).unwrap();
    for entry in entries(files) {
        let (_, text) = files.iter().find(|(path, _)| *path == entry.path).unwrap();
        extractor.add(&entry, Ok(text.clone().into_bytes()));
    }
    extractor.table(contract.name).unwrap().take().unwrap()
}

fn packs(folder: &Path) -> Vec<PathBuf> {
    let inside = |folder: &Path| {
        fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect::<Vec<_>>()
    };
    let mut packs: Vec<_> = inside(folder)
        .iter()
        .flat_map(|f| inside(f))
        .flat_map(|f| inside(&f))
        .collect();
    packs.sort();
    packs
}

#[test]
fn every_dataset_and_every_column_comes_back_as_it_was_extracted() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), BOUND).unwrap();
    let files = files(0..20);
    let python = CATALOGUE
        .iter()
        // Their rows depend on other files too, or are a query's: they are not kept.
        .filter(|c| !matches!(c.family, Family::Modules | Family::CallGraph | Family::CrossChecks))
        .filter(|c| c.inputs.contains(codeanatomy_model::Language::Python));
    for contract in python.filter(|c| c.name != "file_scope" && c.requires.is_none()) {
        let columns = all(contract);
        let expected = extracted(contract, &columns, &files);
        let (first, counts) = scan(&cache, contract, &columns, &files);
        assert_eq!((counts.found, &first), (0, &expected), "{}", contract.name);
        let (second, counts) = scan(&cache, contract, &columns, &files);
        assert_eq!(
            (counts.found, counts.bytes_written, &second),
            (20, 0, &expected),
            "{}",
            contract.name
        );
        for column in columns {
            let (one, counts) = scan(&cache, contract, &[column], &files);
            assert_eq!(
                (counts.found, one),
                (20, extracted(contract, &[column], &files)),
                "{}",
                contract.name
            );
        }
        let (none, _) = scan(&cache, contract, &[], &files);
        assert_eq!(none.num_rows(), expected.num_rows());
    }
}

#[test]
fn a_pack_with_any_byte_changed_or_cut_at_any_place_gives_the_same_rows_and_is_repaired() {
    let files = files(0..2);
    let columns = all(definitions());
    let expected = extracted(definitions(), &columns, &files);
    let whole = tempfile::tempdir().unwrap();
    scan(
        &Cache::open(whole.path(), BOUND).unwrap(),
        definitions(),
        &columns,
        &files,
    );
    let [pack] = packs(whole.path()).try_into().unwrap();
    let bytes = fs::read(&pack).unwrap();
    let changed = (0..bytes.len()).flat_map(|i| {
        let with = |mask: u8| {
            let mut bytes = bytes.clone();
            bytes[i] ^= mask;
            bytes
        };
        [with(1 << (i % 8)), with(0xff)]
    });
    let cut = (0..bytes.len()).map(|end| bytes[..end].to_vec());
    let longer = [[&bytes[..], &[0]].concat(), bytes.repeat(2)];
    for (i, damaged) in changed.chain(cut).chain(longer).enumerate() {
        packs(whole.path())
            .iter()
            .for_each(|pack| fs::remove_file(pack).unwrap());
        fs::write(&pack, damaged).unwrap();
        // A process that has not seen the pack before.
        let cache = Cache::open(whole.path(), BOUND).unwrap();
        let (rows, counts) = scan(&cache, definitions(), &columns, &files);
        assert_eq!(rows, expected, "damage {i}");
        assert!(counts.repaired >= 1 && counts.failed == 0, "damage {i}: {counts:?}");
        let (rows, counts) = scan(&cache, definitions(), &columns, &files);
        assert_eq!(
            (rows, counts.found, counts.repaired),
            (expected.clone(), 2, 0),
            "damage {i}"
        );
    }
}

#[test]
fn a_pack_that_is_damaged_or_gone_once_its_index_was_read_gives_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), BOUND).unwrap();
    let (files, columns) = (files(0..3), all(definitions()));
    let (expected, _) = scan(&cache, definitions(), &columns, &files);
    let pack = &packs(folder.path())[0];
    fs::write(pack, vec![0; fs::metadata(pack).unwrap().len() as usize]).unwrap();
    let (rows, counts) = scan(&cache, definitions(), &columns, &files);
    assert_eq!((rows, counts.found, counts.repaired), (expected.clone(), 0, 3));
    packs(folder.path())
        .iter()
        .for_each(|pack| fs::remove_file(pack).unwrap());
    let (rows, counts) = scan(&cache, definitions(), &columns, &files);
    assert_eq!((rows, counts.found), (expected, 0));
}

#[test]
fn what_a_killed_writer_leaves_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), BOUND).unwrap();
    let (files, columns) = (files(0..3), all(definitions()));
    let (expected, _) = scan(&cache, definitions(), &columns, &files);
    let pack = packs(folder.path()).remove(0);
    let bytes = fs::read(&pack).unwrap();
    fs::write(pack.with_file_name("killed.tmp"), &bytes[..bytes.len() / 2]).unwrap();
    fs::remove_file(&pack).unwrap();
    let (rows, counts) = scan(
        &Cache::open(folder.path(), BOUND).unwrap(),
        definitions(),
        &columns,
        &files,
    );
    assert_eq!((rows, counts.found, counts.repaired), (expected, 0, 0));
}

#[test]
fn what_decides_rows_decides_keys() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), BOUND).unwrap();
    let rows = |contract, options| CachedRows::new(&cache, contract, &[], options, None).unwrap();
    let entry = &entries(&files(0..1))[0];
    let hash = FileHash::new;
    let (content, options) = (ContentHash::of(b"x = 1\n"), Options::default());
    let mut keys = vec![rows(definitions(), options).key(&hash(entry, &content, None))];
    keys.push(rows(find("calls").unwrap(), options).key(&hash(entry, &content, None)));
    let smaller = Options {
        max_file_bytes: 10,
        ..options
    };
    keys.push(rows(definitions(), smaller).key(&hash(entry, &content, None)));
    let shallower = Options {
        max_depth: 10,
        ..options
    };
    keys.push(rows(definitions(), shallower).key(&hash(entry, &content, None)));
    let definitions = rows(definitions(), options);
    keys.push(definitions.key(&hash(entry, &ContentHash::of(b"x = 2\n"), None)));
    let change = |change: fn(&mut Entry)| {
        let mut entry = entry.clone();
        change(&mut entry);
        definitions.key(&hash(&entry, &content, None))
    };
    keys.push(change(|e| e.path.push('i')));
    keys.push(change(|e| e.module = None));
    keys.push(change(|e| e.is_package = true));
    keys.push(change(|e| e.size += 1));
    keys.push(change(|e| e.language = codeanatomy_model::Language::Rust));
    let beside = |modified| codeanatomy_cache::Beside { content, modified };
    keys.push(definitions.key(&hash(entry, &content, Some(&beside(None)))));
    keys.push(definitions.key(&hash(entry, &content, Some(&beside(Some(0))))));
    for (i, key) in keys.iter().enumerate() {
        assert!(!keys[..i].contains(key), "key {i}");
    }
}

#[test]
fn many_small_packs_become_few() {
    let folder = tempfile::tempdir().unwrap();
    let (files, columns) = (files(0..60), all(definitions()));
    for i in 0..files.len() {
        // One file more is new each time.
        let cache = Cache::open(folder.path(), BOUND).unwrap();
        let (_, counts) = scan(&cache, definitions(), &columns, &files[..=i].to_vec());
        assert_eq!(counts.found, i);
        assert!(
            packs(folder.path()).len() <= 17,
            "{} packs after {i}",
            packs(folder.path()).len()
        );
    }
    let (rows, counts) = scan(
        &Cache::open(folder.path(), BOUND).unwrap(),
        definitions(),
        &columns,
        &files,
    );
    assert_eq!((rows, counts.found), (extracted(definitions(), &columns, &files), 60));
}

#[test]
fn the_bound_holds_and_what_was_used_last_stays() {
    let folder = tempfile::tempdir().unwrap();
    let columns = all(definitions());
    let size = || {
        packs(folder.path())
            .iter()
            .map(|p| fs::metadata(p).unwrap().len())
            .sum::<u64>()
    };
    let scan = |bound, files: &Files| {
        scan(
            &Cache::open(folder.path(), bound).unwrap(),
            definitions(),
            &columns,
            files,
        )
        .1
    };
    scan(BOUND, &files(0..5));
    let bound = size() * 5;
    for i in 1..12 {
        scan(bound, &files(5 * i..5 * i + 5));
        assert!(
            size() <= bound && (i < 5 || size() > bound / 2),
            "{} of {bound}",
            size()
        );
        // Used again and again.
        assert_eq!(scan(bound, &files(0..5)).found, 5, "after {i}");
    }
    assert_eq!(scan(bound, &files(10..15)).found, 0);
    scan(10, &files(0..50));
    assert_eq!(size(), 0);
}

#[test]
fn writers_and_readers_at_once_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let columns = all(definitions());
    let work = |seed: usize| {
        for i in 0..40 {
            let files = files(seed % 3 * 10 + i % 7..40);
            let cache = Cache::open(folder.path(), if seed == 0 { 40_000 } else { BOUND }).unwrap();
            let (rows, counts) = scan(&cache, definitions(), &columns, &files);
            assert_eq!(rows, extracted(definitions(), &columns, &files));
            assert_eq!((counts.repaired, counts.failed), (0, 0));
        }
    };
    std::thread::scope(|scope| (0..6).for_each(|seed| drop(scope.spawn(move || work(seed)))));
    let files = files(0..40);
    scan(
        &Cache::open(folder.path(), BOUND).unwrap(),
        definitions(),
        &columns,
        &files,
    );
    let (_, counts) = scan(
        &Cache::open(folder.path(), BOUND).unwrap(),
        definitions(),
        &columns,
        &files,
    );
    assert_eq!((counts.found, counts.repaired), (40, 0));
}

#[test]
fn a_cache_that_cannot_be_written_or_read_hurts_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let (files, columns) = (files(0..5), all(definitions()));
    let cache = Cache::open(folder.path(), BOUND).unwrap();
    // A file where the folder of the dataset would be.
    let place = folder.path().join(codeanatomy_cache::fingerprint());
    fs::create_dir(&place).unwrap();
    fs::write(place.join("definitions"), "").unwrap();
    let (rows, counts) = scan(&cache, definitions(), &columns, &files);
    assert_eq!(rows, extracted(definitions(), &columns, &files));
    assert!(counts.failed >= 1 && counts.bytes_written == 0, "{counts:?}");
    fs::write(folder.path().join("file"), "").unwrap();
    assert!(Cache::open(&folder.path().join("file/below"), BOUND).is_err());
}
