//! What `tokens` says of texts that line ends, encodings, f-strings and errors make hard. Whole files are compared with
//! CPython by `tests/judge_tokens.py`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod support;

use std::time::{Duration, Instant};

use codeanatomy_extract::Options;
use support::{extract, ints, lines, texts};

const COLUMNS: [&str; 6] = ["bstart", "bend", "line", "col_utf32", "end_line", "end_col_utf32"];

/// Tokens as `EXACT_KIND "text" bstart bend line col end_line end_col`.
fn tokens(content: &[u8]) -> Vec<String> {
    let [tokens] = extract(["tokens"], "a.py", content, Options::default());
    let kinds = texts(&tokens, "exact_kind").into_iter().zip(texts(&tokens, "text"));
    let places = lines(&tokens, &COLUMNS);
    kinds
        .zip(places)
        .map(|((kind, text), place)| format!("{} {:?} {place}", kind.unwrap(), text.unwrap()))
        .collect()
}

#[track_caller]
fn check(content: &[u8], expected: &[&str]) {
    assert_eq!(tokens(content), expected, "{:?}", String::from_utf8_lossy(content));
}

/// The middles and operators of an f-string.
fn inside(text: &str) -> Vec<String> {
    let [tokens] = extract(["tokens"], "a.py", text.as_bytes(), Options::default());
    let kinds = texts(&tokens, "kind").into_iter().zip(texts(&tokens, "text"));
    let starts = ints(&tokens, "bstart");
    kinds
        .zip(starts)
        .filter(|((kind, _), _)| kind.is_some_and(|k| k.ends_with("_MIDDLE") || k == "OP"))
        .map(|((_, text), start)| format!("{}@{}", text.unwrap(), start.unwrap()))
        .collect()
}

#[test]
fn an_empty_file_has_an_end_marker() {
    check(b"", &[r#"ENDMARKER "" 0 0 1 0 1 0"#]);
}

#[test]
fn a_line_ends_at_lf_crlf_and_cr_and_the_end_belongs_to_it() {
    check(
        b"a\r\n\rb\n",
        &[
            r#"NAME "a" 0 1 1 0 1 1"#,
            r#"NEWLINE "\r\n" 1 3 1 1 1 3"#,
            r#"NL "\r" 3 4 2 0 2 1"#,
            r#"NAME "b" 4 5 3 0 3 1"#,
            r#"NEWLINE "\n" 5 6 3 1 3 2"#,
            r#"ENDMARKER "" 6 6 4 0 4 0"#,
        ],
    );
}

#[test]
fn a_missing_line_end_is_an_empty_token_one_column_wide() {
    check(
        b"if a:\n\tb",
        &[
            r#"NAME "if" 0 2 1 0 1 2"#,
            r#"NAME "a" 3 4 1 3 1 4"#,
            r#"COLON ":" 4 5 1 4 1 5"#,
            r#"NEWLINE "\n" 5 6 1 5 1 6"#,
            r#"INDENT "\t" 6 7 2 0 2 1"#,
            r#"NAME "b" 7 8 2 1 2 2"#,
            r#"NEWLINE "" 8 8 2 2 2 3"#,
            r#"DEDENT "" 8 8 3 0 3 0"#,
            r#"ENDMARKER "" 8 8 3 0 3 0"#,
        ],
    );
    for (text, nl) in [
        ("# c", r#"NL "" 3 3 1 3 1 4"#),
        ("a\n \x0c", r#"NL "" 4 4 2 2 2 3"#),
        ("  ", r#"NL "" 2 2 1 2 1 3"#),
    ] {
        let tokens = tokens(text.as_bytes());
        assert_eq!(tokens[tokens.len() - 2], nl, "{text:?}");
    }
}

#[test]
fn columns_count_code_points_and_no_byte_order_mark() {
    check(
        "\u{feff}é = '𝒳'# ü\n".as_bytes(),
        &[
            r#"NAME "é" 3 5 1 0 1 1"#,
            r#"EQUAL "=" 6 7 1 2 1 3"#,
            r#"STRING "'𝒳'" 8 14 1 4 1 7"#,
            r##"COMMENT "# ü" 14 18 1 7 1 10"##,
            r#"NEWLINE "\n" 18 19 1 10 1 11"#,
            r#"ENDMARKER "" 19 19 2 0 2 0"#,
        ],
    );
    let latin = tokens(b"# coding: latin-1\n'\xe9' + a\n");
    assert_eq!(latin[2], r#"STRING "'é'" 18 22 2 0 2 3"#);
    assert_eq!(latin[3], r#"PLUS "+" 23 24 2 4 2 5"#);
}

#[test]
fn a_continued_line_has_no_token_for_it_and_a_form_feed_is_in_the_indent() {
    check(
        b"if a:\n\x0c  b \\\n  ;c\n",
        &[
            r#"NAME "if" 0 2 1 0 1 2"#,
            r#"NAME "a" 3 4 1 3 1 4"#,
            r#"COLON ":" 4 5 1 4 1 5"#,
            r#"NEWLINE "\n" 5 6 1 5 1 6"#,
            r#"INDENT "\u{c}  " 6 9 2 0 2 3"#,
            r#"NAME "b" 9 10 2 3 2 4"#,
            r#"SEMI ";" 15 16 3 2 3 3"#,
            r#"NAME "c" 16 17 3 3 3 4"#,
            r#"NEWLINE "\n" 17 18 3 4 3 5"#,
            r#"DEDENT "" 18 18 4 0 4 0"#,
            r#"ENDMARKER "" 18 18 4 0 4 0"#,
        ],
    );
}

#[test]
fn an_indent_behind_a_backslash_is_that_of_the_last_line() {
    let tokens = tokens(b"if a:\n  \\\n b\n");
    assert_eq!(tokens[4], r#"INDENT " " 10 11 3 0 3 1"#);
}

#[test]
fn middles_of_an_f_string_end_where_cpython_ends_them() {
    assert_eq!(inside("f'a{{b}}c'"), ["a{@2", "b}@5", "c@8"]);
    assert_eq!(inside(r"f'\N{DASH}}}é'"), [r"\N{DASH}@2", "}@10", "é@12"]);
    assert_eq!(inside(r"rf'\N{x}'"), [r"\N@3", "{@5", "}@7"]);
    assert_eq!(inside(r"f'\{x}\\{{'"), [r"\@2", "{@3", "}@5", r"\\{@6"]);
    // A format spec that ends with a field, or is empty, has an empty middle.
    assert_eq!(inside("f'{x:}'"), ["{@2", ":@4", "@5", "}@5"]);
    assert_eq!(inside("t'{x:{y}}'"), ["{@2", ":@4", "{@5", "}@7", "@8", "}@8"]);
    assert_eq!(
        inside("f'{x:a{y}b}'"),
        ["{@2", ":@4", "a@5", "{@6", "}@8", "b@9", "}@10"]
    );
    assert_eq!(
        inside("f'{(lambda: {1:2})}'")
            .iter()
            .filter(|t| t.starts_with('@'))
            .count(),
        0
    );
    assert_eq!(inside("f'{x:\\N{DASH}}'"), ["{@2", ":@4", "\\N{DASH}@5", "@13", "}@13"]);
}

#[test]
fn what_is_no_token_is_there_all_the_same() {
    let kinds = |content: &[u8]| {
        let [tokens] = extract(["tokens"], "a.py", content, Options::default());
        lines(&tokens, &["kind", "exact_kind"])
    };
    assert_eq!(kinds(b"a\0b")[1], "ERRORTOKEN ERRORTOKEN");
    assert_eq!(kinds(b"a $ b ? c")[1..5], ["OP OP", "NAME NAME", "OP OP", "NAME NAME"]);
    check(
        b"a <> 'b",
        &[
            r#"NAME "a" 0 1 1 0 1 1"#,
            r#"OP "<>" 2 4 1 2 1 4"#,
            r#"STRING "'b" 5 7 1 5 1 7"#,
            r#"NEWLINE "" 7 7 1 7 1 8"#,
            r#"ENDMARKER "" 7 7 2 0 2 0"#,
        ],
    );
}

#[test]
fn the_tokens_of_a_text_cut_or_changed_anywhere_are_pieces_of_it_in_order() {
    const SAMPLE: &str = "\u{feff}# ü\r\nif a:\r\tdef f(x, *y): # é\n\t\treturn f'{{{x!r:>{y}}\\N{DASH}' rb'\\'\n\n \\\n  # c\n\
        '''é\n''' + t\"{a:{b:}}\" <> 1_0j\nx = [\n  # d\n]; y";
    let damage = [
        "", "(", "}", "'", "{", "\n", "\r", "\\", ":", "\0", "é", "f'{", "\x0c", "$", "\"\"\"",
    ];
    let mut samples: Vec<String> = Vec::new();
    for (i, (at, c)) in SAMPLE.char_indices().enumerate() {
        let (before, after) = (&SAMPLE[..at], &SAMPLE[at + c.len_utf8()..]);
        samples.extend([before.to_owned(), after.to_owned()]);
        samples.push(format!("{before}{}{after}", damage[i % damage.len()]));
    }
    for text in samples {
        let [tokens] = extract(["tokens"], "a.py", text.as_bytes(), Options::default());
        let (starts, ends) = (ints(&tokens, "bstart"), ints(&tokens, "bend"));
        let mut last = 0;
        for (i, written) in texts(&tokens, "text").into_iter().enumerate() {
            let (start, end) = (starts[i].unwrap() as usize, ends[i].unwrap() as usize);
            assert_eq!(text.get(start..end), written, "token {i} of {text:?}");
            assert!(
                last <= start,
                "token {i} of {text:?} begins before the end of the one before"
            );
            last = end;
        }
        assert_eq!(texts(&tokens, "kind").last(), Some(&Some("ENDMARKER")), "{text:?}");
    }
}

#[test]
fn tokens_and_comments_do_not_need_a_tree() {
    let options = Options {
        max_depth: 10,
        ..Options::default()
    };
    let text = format!("{}a # c\n", "- ".repeat(1000));
    let [tokens, comments, files] = extract(["tokens", "comments", "files"], "a.py", text.as_bytes(), options);
    assert_eq!(texts(&files, "status"), [Some("too_deep")]);
    assert_eq!((tokens.num_rows(), comments.num_rows()), (1004, 1));
    assert_eq!(
        lines(&comments, &["container_id", "is_own_line", "text"]),
        ["- false # c"]
    );
}

#[test]
fn long_lines_take_no_time_that_grows_with_their_square() {
    // Not ASCII, so that columns have to be counted, and with what a search backwards would go over.
    let wide = format!("{}\n", "é,".repeat(500_000));
    let nested = format!("f'{}'\n", "{é:".repeat(50_000));
    let continued = format!("a = (\n{})\n", "#\r".repeat(500_000));
    let start = Instant::now();
    for text in [wide, nested, continued] {
        let [tokens] = extract(["tokens"], "a.py", text.as_bytes(), Options::default());
        assert!(tokens.num_rows() > 50_000);
    }
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
}
