//! Reaching definitions of small sources, as `tests/flow` states them; see its README.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use codeanatomy_extract::Options;
use support::{extract, ints, lines, texts};

/// The offset of the `n`-th time that a word, `word#n`, stands in a line.
fn offset(code: &str, word: &str) -> usize {
    let (word, n) = word
        .split_once('#')
        .map_or((word, 1), |(word, n)| (word, n.parse().expect("a number")));
    let found = occurrences(code, word);
    *found.get(n - 1).unwrap_or_else(|| panic!("no {word}#{n} in {code:?}"))
}

fn occurrences(code: &str, word: &str) -> Vec<usize> {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let stands_alone =
        |at: usize| !is_part(code[..at].chars().next_back()) && !is_part(code[at + word.len()..].chars().next());
    let found = code.match_indices(word).map(|(at, _)| at);
    found.filter(|at| word == "*" || stands_alone(*at)).collect()
}

/// The statements of a comment.
fn statements(comment: &str) -> impl Iterator<Item = &str> {
    comment.split(';').map(str::trim)
}

/// The offset of a definition, or the reason that there is none; and a mark.
type Source = (Result<usize, String>, &'static str);

/// The sources of every use, by its offset, as the rows have them; definitions are their offset.
fn found(text: &str) -> BTreeMap<usize, BTreeSet<Source>> {
    let [batch] = extract(["def_use"], "case.py", text.as_bytes(), Options::default());
    let reasons = texts(&batch, "reason");
    let definitions = ints(&batch, "def_bstart");
    let flags = lines(&batch, &["needs_suppression", "is_deferred"]);
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (row, at) in ints(&batch, "use_bstart").into_iter().enumerate() {
        let source = definitions[row].map_or_else(
            || Err(reasons[row].expect("a reason").to_owned()),
            |at| Ok(usize::try_from(at).expect("an offset")),
        );
        let mark = match flags[row].as_str() {
            "false false" => "",
            "true false" => "?",
            "false true" => "~",
            other => panic!("{other}"),
        };
        let at = usize::try_from(at.expect("an offset")).expect("an offset");
        found.entry(at).or_default().insert((source, mark));
    }
    found
}

/// What is wrong with the rows of a case.
fn check(name: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut labels: BTreeMap<usize, String> = BTreeMap::new();
    let mut uses: Vec<(usize, usize, &str, &str, &str)> = Vec::new();
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if let Some((code, comment)) = line.trim_end().rsplit_once("  # ") {
            for statement in statements(comment) {
                if let Some((word, sources)) = statement.split_once(" <- ") {
                    uses.push((number + 1, start, code, word, sources));
                } else {
                    let (label, word) = statement.split_once(": ").expect(statement);
                    let before = labels.insert(start + offset(code, word), label.to_owned());
                    assert!(before.is_none(), "{name}:{}: {label} has two names", number + 1);
                }
            }
        }
        start += line.len();
    }
    let mut stated = BTreeMap::new();
    let rows = found(text);
    for (number, start, code, word, sources) in uses {
        let places = match word.contains('#') {
            true => vec![offset(code, word)],
            false => occurrences(code, word),
        };
        let places: Vec<usize> = places
            .iter()
            .map(|at| start + at)
            .filter(|at| rows.contains_key(at))
            .collect();
        if places.is_empty() {
            wrong.push(format!("{name}:{number}: no row for {word}"));
        }
        let sources: BTreeSet<&str> = sources.split(',').map(str::trim).collect();
        for at in places {
            stated.insert(at, sources.clone());
        }
    }
    for (at, sources) in rows {
        let number = text[..at].lines().count();
        let sources: BTreeSet<String> = sources
            .into_iter()
            .map(|(source, mark)| match source {
                Ok(at) => {
                    let line = text[..at].matches('\n').count() + 1;
                    format!("{}{mark}", labels.get(&at).cloned().unwrap_or(format!("line {line}")))
                }
                Err(reason) => format!("{reason}{mark}"),
            })
            .collect();
        let sources: BTreeSet<&str> = sources.iter().map(String::as_str).collect();
        let word: String = text[at..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        match stated.get(&at) {
            None => wrong.push(format!("{name}:{number}: {word} is not stated: {sources:?}")),
            Some(expected) if *expected != sources => {
                wrong.push(format!("{name}:{number}: {word} has {sources:?}, not {expected:?}"));
            }
            Some(_) => {}
        }
    }
    wrong
}

#[test]
fn the_definitions_that_reach_a_use_are_those_derived_by_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flow");
    let mut cases = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).expect("cases") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "py") {
            let text = std::fs::read_to_string(&path).expect("a case");
            wrong.extend(check(&path.file_name().expect("a name").to_string_lossy(), &text));
            cases += 1;
        }
    }
    assert!(cases > 8 && wrong.is_empty(), "{}", wrong.join("\n"));
}
