//! The rows of a sample are what the interpreters say.

use super::support::{ints, lines, texts};
use super::{Options, VERSIONS, compiled, data, extract};

#[test]
fn units_instructions_and_exception_tables_are_those_of_dis() {
    for minor in VERSIONS {
        let [files, units, instructions, exceptions, ..] = extract(&compiled(minor), None, Options::default());
        let described = lines(&files, &["python_version", "status", "invalidation", "filename"]);
        assert_eq!(described, [format!("3.{minor} ok checked_hash sample.py")]);
        // `dis` of 3.9 and 3.10 does not know qualified names.
        let qualified = if minor < 11 { "ordinal" } else { "qualified_name" };
        let unit_columns = [
            "unit_index",
            "name",
            qualified,
            "depth",
            "first_line",
            "flags",
            "flag_names",
            "arg_count",
            "posonly_arg_count",
            "kwonly_arg_count",
            "local_count",
            "stack_size",
            "code_size",
            "const_count",
            "names",
            "varnames",
            "cellvars",
            "freevars",
        ];
        let instruction_columns = [
            "unit_index",
            "start_offset",
            "opcode",
            "opname",
            "arg",
            "argrepr",
            "jump_target",
            "is_jump_target",
            "starts_line",
            "line",
            "end_line",
            "col_utf8",
            "end_col_utf8",
        ];
        let exception_columns = [
            "unit_index",
            "entry_index",
            "start_offset",
            "end_offset",
            "target_offset",
            "depth",
            "lasti",
        ];
        let expected = String::from_utf8(data(&format!("sample.cpython-3{minor}.txt"))).expect("text");
        for (kind, batch, columns) in [
            ("unit", &units, &unit_columns[..]),
            ("instruction", &instructions, &instruction_columns[..]),
            ("exception", &exceptions, &exception_columns[..]),
        ] {
            let theirs = expected
                .lines()
                .filter_map(|line| line.strip_prefix(kind)?.strip_prefix(' '));
            let theirs: Vec<String> = theirs
                .map(|line| match kind {
                    "unit" if minor < 11 => line.replacen(" - ", " 0 ", 1),
                    _ => line.to_owned(),
                })
                .collect();
            let ours = lines(batch, columns);
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert_eq!(ours, theirs, "3.{minor}");
            }
            assert_eq!(ours.len(), theirs.len(), "3.{minor} {kind}");
        }
    }
}

#[test]
fn qualified_names_that_are_not_stored_are_put_together() {
    let [_, stored, ..] = extract(&compiled(11), None, Options::default());
    for minor in [9, 10] {
        let [_, units, ..] = extract(&compiled(minor), None, Options::default());
        let columns = ["kind", "qualified_name", "depth"];
        assert_eq!(lines(&units, &columns), lines(&stored, &columns));
    }
}

#[test]
fn positions_are_bytes_of_the_source_that_was_compiled() {
    let source = data("sample.py");
    for minor in VERSIONS {
        let [files, _, instructions, ..] = extract(&compiled(minor), Some(&source), Options::default());
        assert_eq!(lines(&files, &["matches_source"]), ["true"]);
        let (starts, ends) = (ints(&instructions, "bstart"), ints(&instructions, "bend"));
        if minor < 11 {
            assert!(starts.iter().all(Option::is_none));
            continue;
        }
        let [names, shown] = ["opname", "argrepr"].map(|column| texts(&instructions, column));
        let mut found = Vec::new();
        for i in 0..instructions.num_rows() {
            if names[i].is_some_and(|name| name.starts_with("LOAD_GLOBAL"))
                && let Some((start, end)) = starts[i].zip(ends[i])
            {
                let text = std::str::from_utf8(&source[start as usize..end as usize]).expect("whole characters");
                found.push((
                    text,
                    shown[i].unwrap_or_default().replace("NULL", "").replace(" + ", ""),
                ));
            }
        }
        assert!(found.len() > 5, "3.{minor}: {found:?}");
        assert!(found.iter().all(|(text, name)| text == name), "3.{minor}: {found:?}");
    }
}

#[test]
fn another_source_than_the_one_compiled_gives_no_positions() {
    let source = [&data("sample.py")[..], b"\n"].concat();
    let [files, _, instructions, ..] = extract(&compiled(13), Some(&source), Options::default());
    assert_eq!(lines(&files, &["matches_source"]), ["false"]);
    assert!(ints(&instructions, "bstart").iter().all(Option::is_none));
}

#[test]
fn ids_stay_when_code_is_added_elsewhere() {
    // The same names in other files have other ids; in the same file each has its own.
    let [_, units, ..] = extract(&compiled(12), None, Options::default());
    let mut ids = texts(&units, "unit_id");
    let [_, other, ..] = extract(&compiled(13), None, Options::default());
    // Line numbers and bytecode differ between these two, names do not.
    let others = texts(&other, "unit_id");
    assert!(ids.iter().all(|id| others.contains(id)));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), units.num_rows());
}
