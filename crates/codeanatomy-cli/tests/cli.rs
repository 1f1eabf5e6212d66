//! What the binary says and how it ends.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The binary in a folder of its own, with nothing of the user's in reach.
fn codeanatomy(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_codeanatomy"));
    command
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("RUST_LOG")
        .env("RUST_BACKTRACE", "1")
        .stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    codeanatomy(folder).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Exit code 1 and one sentence that holds all of these.
fn assert_fails(output: &Output, parts: &[&str]) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert_eq!(message.lines().count(), 1, "not one line: {message}");
    assert!(message.starts_with("error: "), "{message}");
    for part in parts {
        assert!(message.contains(part), "'{part}' is not in: {message}");
    }
    for noise in ["Error(", "Some(", "backtrace", "panicked"] {
        assert!(!message.contains(noise), "'{noise}' is in: {message}");
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A folder with a source of two files.
fn with_source() -> TempDir {
    let folder = folder();
    let source = folder.path().join("src");
    std::fs::create_dir(&source).unwrap();
    std::fs::write(source.join("a.py"), "import b\n\ndef f():\n    return b.g()\n").unwrap();
    std::fs::write(source.join("b.py"), "def g():\n    return 1\n").unwrap();
    folder
}

#[test]
fn a_command_prints_its_rows_and_nothing_else_when_quiet() {
    let folder = folder();
    let output = run(
        folder.path(),
        &["-q", "--format", "json", "-c", "SELECT 1 AS one, NULL AS none"],
    );
    assert_eq!(
        (stdout(&output).as_str(), stderr(&output).as_str()),
        ("[{\"one\":1}]\n", "")
    );
    assert_eq!(output.status.code(), Some(0));
    let csv = run(
        folder.path(),
        &[
            "-q",
            "--format",
            "csv",
            "-c",
            "SELECT 1 AS a; SELECT 2 AS b",
            "SELECT 3 AS c",
        ],
    );
    assert_eq!(stdout(&csv), "a\n1\nb\n2\nc\n3\n");
}

#[test]
fn a_command_that_fails_says_why_in_one_sentence() {
    let folder = folder();
    assert_fails(
        &run(folder.path(), &["-q", "-c", "SELECT 1 +"]),
        &["SQL error", "found: EOF"],
    );
    assert_fails(
        &run(folder.path(), &["-q", "-c", "SELECT * FROM nowhere"]),
        &["nowhere"],
    );
}

#[test]
fn an_external_table_of_a_dataset_takes_its_options() {
    let folder = with_source();
    let create =
        |options: &str| format!("CREATE EXTERNAL TABLE t STORED AS CODEANATOMY LOCATION 'src' OPTIONS ({options})");
    let made = create("'codeanatomy.dataset' 'definitions', 'codeanatomy.include' '*.py'");
    let count = "SELECT count(*) FROM t EXCEPT SELECT count(*) FROM definitions(source => 'src', include => '*.py')";
    let output = run(
        folder.path(),
        &[
            "-q",
            "--format",
            "csv",
            "-c",
            &made,
            "-c",
            count,
            "-c",
            "SELECT count(*) > 0 AS some FROM t",
        ],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).ends_with("some\ntrue\n"), "{}", stdout(&output));
    assert!(!stdout(&output).contains(char::is_numeric), "{}", stdout(&output));
    let output = run(
        folder.path(),
        &["-q", "-c", &create("'codeanatomy.datset' 'definitions'")],
    );
    assert_fails(
        &output,
        &[
            "the option 'datset' is unknown",
            "codeanatomy.dataset, include, exclude",
        ],
    );
}

#[test]
fn an_export_may_put_rows_of_a_kind_together_and_names_what_cannot_be() {
    let folder = with_source();
    let export = |more: &[&str]| {
        run(
            folder.path(),
            &[&["export", "src", "--out", "out", "--dataset", "ast_nodes"], more].concat(),
        )
    };
    let output = export(&["--cluster", "kind", "--level", "19"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_fails(&export(&["--cluster", "colour"]), &["ast_nodes has no column 'colour'"]);
    assert_fails(
        &export(&["--columns", "path,colour"]),
        &["ast_nodes has no column 'colour'; it has path"],
    );
    let output = export(&["--columns", "kind,path"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position";
    let sql = format!("CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION 'out/ast_nodes.parquet'; {sql}");
    let output = run(folder.path(), &["-q", "--format", "csv", "-c", &sql]);
    assert_eq!(stdout(&output), "column_name\npath\nkind\n", "{}", stderr(&output));
    assert_fails(
        &export(&["--level", "23"]),
        &["zstd has no level 23; take one from 1 to 22"],
    );
}

#[test]
fn a_file_runs_whatever_its_layout() {
    let folder = folder();
    let sql = "#!/usr/bin/env codeanatomy\n-- first; line\nSELECT 'a;b' AS x; SELECT\n  2 AS y -- the end;\n;\n/* last */ SELECT 3 AS z";
    std::fs::write(folder.path().join("q.sql"), sql).unwrap();
    let output = run(folder.path(), &["-q", "--format", "csv", "-f", "q.sql"]);
    assert_eq!(stdout(&output), "x\na;b\ny\n2\nz\n3\n", "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_file_may_change_the_dialect_for_what_follows() {
    let folder = folder();
    let sql = "SET datafusion.sql_parser.dialect = 'MySQL'; SELECT 'it\\'s; one' AS x;\nSELECT 2 AS y";
    std::fs::write(folder.path().join("q.sql"), sql).unwrap();
    let output = run(folder.path(), &["-q", "--format", "csv", "-f", "q.sql"]);
    assert_eq!(stdout(&output), "x\nit's; one\ny\n2\n", "{}", stderr(&output));
}

#[test]
fn a_failing_statement_stops_the_file_and_is_named_by_line() {
    let folder = folder();
    let fails = |sql: &str, parts: &[&str]| {
        std::fs::write(folder.path().join("q.sql"), sql).unwrap();
        let output = run(folder.path(), &["-q", "--format", "csv", "-f", "q.sql"]);
        assert_fails(&output, parts);
        assert_eq!(
            stdout(&output),
            "a\n1\n",
            "what comes first runs, what comes after does not"
        );
    };
    fails(
        "SELECT 1 AS a;\n\nSELECT\n  missing\nFROM (SELECT 1 AS b);\nSELECT 3 AS c;",
        &["q.sql:3:", "missing"],
    );
    fails(
        "SELECT 1 AS a;\n\n  SELECT 2 FROM\n;SELECT 3;",
        &["q.sql:3:", "Expected"],
    );
    fails("SELECT 1 AS a;\nSELEC 2\nFROM t;", &["q.sql:2:", "Line: 2"]);
    fails(
        "SELECT 1 AS a;\nSELECT 'open",
        &["q.sql:2:", "Unterminated string literal"],
    );
}

#[test]
fn what_is_not_there_is_named() {
    let folder = folder();
    assert_fails(&run(folder.path(), &["-f", "none.sql"]), &["none.sql"]);
    assert_fails(&run(folder.path(), &["-r", "none.sql"]), &["none.sql"]);
    assert_fails(&run(folder.path(), &["-p", "none", "-c", "SELECT 1"]), &["none"]);
    assert_fails(&run(folder.path(), &["--source", "none", "-c", "SELECT 1"]), &["none"]);
    assert_fails(&run(folder.path(), &["--graph", "none", "-c", "SELECT 1"]), &["none"]);
    assert_fails(&run(folder.path(), &["build", "none", "--out", "graph"]), &["none"]);
    assert!(
        !folder.path().join("graph").exists(),
        "a build that fails leaves nothing"
    );
}

#[test]
fn a_source_without_files_and_a_folder_without_a_graph_are_refused() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    assert_fails(
        &run(folder.path(), &["--source", "empty", "-c", "SELECT 1"]),
        &["empty"],
    );
    assert_fails(&run(folder.path(), &["build", "empty", "--out", "graph"]), &["empty"]);
    assert_fails(
        &run(folder.path(), &["--graph", "empty", "-c", "SELECT 1"]),
        &["empty", "graph"],
    );
}

#[test]
fn wrong_usage_ends_with_2() {
    let folder = folder();
    let wrong: [&[&str]; 10] = [
        &["--format", "xml"],
        &["-b", "0"],
        &["-m", "10q"],
        &["-d", "much"],
        &["--maxrows", "some"],
        &["--mem-pool-type", "huge"],
        &["--object-store-profiling", "loud"],
        &["--no-such-option"],
        &["--include", "*.py"],
        &["build", "src"],
    ];
    for arguments in wrong {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).starts_with("error: "), "{arguments:?}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
}

#[test]
fn options_of_the_engine_take_effect() {
    let folder = folder();
    let output = run(
        folder.path(),
        &[
            "-q",
            "--format",
            "csv",
            "-b",
            "17",
            "-c",
            "SHOW datafusion.execution.batch_size",
        ],
    );
    assert!(stdout(&output).contains(",17"), "{}", stdout(&output));
    let sort = "SELECT value FROM generate_series(1, 3000000) ORDER BY -value % 1009, value LIMIT 2000000";
    for pool in ["greedy", "fair"] {
        let output = run(
            folder.path(),
            &["-q", "-m", "1m", "--mem-pool-type", pool, "-d", "1k", "-c", sort],
        );
        assert_fails(&output, &["esources exhausted"]);
    }
}

#[test]
fn a_data_path_is_where_sql_looks_and_a_source_is_where_the_user_is() {
    let folder = with_source();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("t.csv"), "v\n5\n").unwrap();
    let sql = "SELECT v, (SELECT count(*) FROM files) AS files FROM 't.csv'";
    let output = run(
        folder.path(),
        &["-q", "--format", "csv", "-p", "data", "--source", "src", "-c", sql],
    );
    assert_eq!(stdout(&output), "v,files\n5,2\n", "{}", stderr(&output));
}

#[test]
fn a_graph_is_built_attached_and_queried() {
    let folder = with_source();
    let built = run(folder.path(), &["build", "src", "--out", "graph"]);
    assert_eq!(built.status.code(), Some(0), "{}", stderr(&built));
    assert!(stdout(&built).contains("| table"), "{}", stdout(&built));
    assert!(!stderr(&built).is_empty(), "progress goes to stderr");

    let quiet = run(
        folder.path(),
        &[
            "build",
            "src",
            "--out",
            "graph",
            "-q",
            "--summary",
            "json",
            "--threads",
            "1",
        ],
    );
    assert_eq!(stderr(&quiet), "");
    assert!(
        stdout(&quiet).starts_with('{') && stdout(&quiet).contains("\"tables\""),
        "{}",
        stdout(&quiet)
    );

    let sql = "SELECT count(*) > 0 AS some FROM cpg_nodes";
    let output = run(folder.path(), &["-q", "--format", "csv", "--graph", "graph", "-c", sql]);
    assert_eq!(stdout(&output), "some\ntrue\n", "{}", stderr(&output));
}

#[test]
fn versions_of_a_graph_are_listed_read_and_forgotten_in_both_formats() {
    let mut digests = vec![];
    for format in ["parquet", "delta"] {
        let folder = with_source();
        let build = |name: &str| {
            std::fs::write(folder.path().join("src").join(name), "x = 1\n").unwrap();
            let built = run(
                folder.path(),
                &["build", "src", "--out", "graph", "-q", "--format", format],
            );
            assert_eq!(built.status.code(), Some(0), "{}", stderr(&built));
        };
        ["one.py", "two.py", "three.py"].into_iter().for_each(build);
        let list = || stdout(&run(folder.path(), &["graphs", "graph", "--format", "csv"]));
        let versions = |text: &str| {
            text.lines()
                .skip(1)
                .map(|l| l.split(',').take(2).collect::<Vec<_>>().join(" "))
                .collect::<Vec<_>>()
        };
        assert_eq!(versions(&list()), ["0", "1", "2"].map(|v| format!("{v} {format}")));
        let files = |at: &[&str]| {
            let sql =
                "SELECT count(*) AS n FROM cpg_nodes WHERE kind = 'file' AND name IN ('one.py', 'two.py', 'three.py')";
            let mut args = vec!["-q", "--format", "csv", "--graph", "graph"];
            args.extend(at);
            args.extend(["-c", sql]);
            let output = run(folder.path(), &args);
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
            stdout(&output)
        };
        assert_eq!(
            (files(&["--at", "0"]), files(&["--at", "1"]), files(&[])),
            ("n\n1\n".into(), "n\n2\n".into(), "n\n3\n".into())
        );
        let staged = folder
            .path()
            .join("graph/tables/cpg_nodes/_delta_log/00000000000000000009.json#1");
        if format == "delta" {
            std::fs::write(&staged, "left by a build that was killed").unwrap();
        }
        let vacuumed = run(folder.path(), &["vacuum", "graph", "--keep", "2"]);
        assert!(!staged.exists());
        assert!(
            stdout(&vacuumed).contains("2 versions stay, 1 are forgotten"),
            "{}{}",
            stdout(&vacuumed),
            stderr(&vacuumed)
        );
        assert_eq!(versions(&list()).len(), 2);
        assert_eq!((files(&["--at", "1"]), files(&[])), ("n\n2\n".into(), "n\n3\n".into()));
        assert_fails(
            &run(folder.path(), &["--graph", "graph", "--at", "0", "-c", "SELECT 1"]),
            &["no version 0", "1, 2"],
        );
        let digest = run(folder.path(), &["digest", "--graph", "graph", "--format", "csv"]);
        assert_eq!(digest.status.code(), Some(0), "{}", stderr(&digest));
        digests.push(stdout(&digest));
    }
    assert!(digests[0].contains("\ncpg_nodes,"), "{digests:?}");
    assert_eq!(digests[0], digests[1], "both formats have the same rows");
}

#[test]
fn a_delta_table_is_written_and_read_with_options() {
    let folder = folder();
    let sql = [
        "COPY (SELECT 1 AS id, 'a' AS name) TO 'table' STORED AS DELTATABLE OPTIONS ('delta.mode' 'append')",
        "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION 'table'",
        "INSERT INTO t VALUES (2, 'b')",
        "CREATE EXTERNAL TABLE old STORED AS DELTATABLE LOCATION 'table' OPTIONS ('delta.version' '0')",
        "SELECT (SELECT count(*) FROM t) AS now, (SELECT count(*) FROM old) AS before",
    ];
    let mut args = vec!["-q", "--format", "csv"];
    args.extend(sql.iter().flat_map(|sql| ["-c", sql]));
    let output = run(folder.path(), &args);
    assert!(
        stdout(&output).ends_with("now,before\n2,1\n"),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
}

#[test]
fn a_folder_of_delta_tables_is_a_schema() {
    let folder = with_source();
    let lake = ["-q", "--format", "csv", "--delta", "lake=tables"];
    let made = "CREATE TABLE lake.calls AS SELECT path, callee FROM calls";
    let output = run(folder.path(), &[&lake[..], &["--source", "src", "-c", made]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let count = "SELECT count(*) > 0 AS some FROM lake.calls";
    let output = run(folder.path(), &[&lake[..], &["-c", count]].concat());
    assert_eq!(stdout(&output), "some\ntrue\n", "{}", stderr(&output));
    let unnamed = run(folder.path(), &["--delta", "tables", "-c", "SELECT 1"]);
    assert_eq!(unnamed.status.code(), Some(2));
    assert_fails(
        &run(folder.path(), &["--delta", "public=x", "-c", "SELECT 1"]),
        &["the session has a schema 'public' already"],
    );
}

#[test]
fn formats_for_programs_have_every_row_and_tables_say_what_they_leave_out() {
    let folder = folder();
    let lines = |format: &str| {
        let sql = "SELECT value FROM generate_series(1, 20000)";
        let output = run(folder.path(), &["-q", "-b", "100", "--format", format, "-c", sql]);
        assert_eq!(stderr(&output), "");
        stdout(&output).lines().map(str::to_string).collect::<Vec<_>>()
    };
    for (format, whole) in [("csv", 20_001), ("tsv", 20_001), ("nd-json", 20_000)] {
        assert_eq!(lines(format).len(), whole, "{format}");
    }
    assert_eq!(lines("json").concat().matches("value").count(), 20_000);
    let table = lines("table");
    assert!(
        table.len() < 50 && table.iter().any(|line| line.starts_with("| .")),
        "{table:?}"
    );
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let folder = folder();
    for format in ["csv", "json", "nd-json", "table"] {
        let mut child = codeanatomy(folder.path())
            .args(["-q", "--maxrows", "inf", "--format", format])
            .args(["-c", "SELECT value FROM generate_series(1, 200000)", "SELECT 2"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = vec![0; 8];
        let mut reader = BufReader::with_capacity(64, child.stdout.take().unwrap());
        std::io::Read::read_exact(&mut reader, &mut first).unwrap();
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (stderr(&output).as_str(), output.status.code()),
            ("", Some(0)),
            "{format}"
        );
    }
}

#[test]
fn the_repl_reads_a_pipe_without_a_banner() {
    let folder = folder();
    let statements = folder.path().join("statements");
    std::fs::write(&statements, "SELECT 41 + 1 AS answer;\n").unwrap();
    let output = codeanatomy(folder.path())
        .args(["-q", "--format", "csv"])
        .stdin(std::fs::File::open(&statements).unwrap())
        .output()
        .unwrap();
    assert!(stdout(&output).contains("answer\n42\n"), "{}", stdout(&output));
    assert!(!stdout(&output).contains("CodeAnatomy"));
}

#[test]
fn help_describes_every_group_and_shows_examples() {
    let folder = folder();
    let help = run(folder.path(), &["--help"]);
    for part in [
        "Input:",
        "Data:",
        "Engine:",
        "Output:",
        "Examples:",
        "codeanatomy build src --out graph",
    ] {
        assert!(stdout(&help).contains(part), "{part}");
    }
    assert!(stdout(&run(folder.path(), &["build", "--help"])).contains("Exit codes:"));
    let version = run(folder.path(), &["--version"]);
    assert_eq!(version.stdout.lines().count(), 1);
}

#[test]
fn digests_are_the_same_for_the_same_rows() {
    let folder = with_source();
    std::fs::write(folder.path().join("a.csv"), "k,v\n1,x\n2,y\n").unwrap();
    std::fs::write(folder.path().join("b.csv"), "k,w\n2,y\n1,x\n").unwrap();
    std::fs::write(folder.path().join("c.csv"), "k,v\n1,x\n2,y\n2,y\n").unwrap();
    let output = run(
        folder.path(),
        &[
            "digest",
            "a.csv",
            "b.csv",
            "c.csv",
            "-c",
            "SELECT 2, 'y' UNION ALL SELECT 1, 'x'",
            "--format",
            "csv",
        ],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let digests: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap())
        .collect();
    assert_eq!(digests.len(), 4, "{text}");
    assert_eq!(digests[0], digests[1]);
    assert_ne!(digests[0], digests[2]);
    assert_eq!(digests[0], digests[3]);

    let output = run(
        folder.path(),
        &["digest", "--source", "src", "calls", "--format", "json"],
    );
    assert!(
        stdout(&output).contains("\"relation\":\"calls\",\"rows\":1,"),
        "{output:?}"
    );
    assert_fails(&run(folder.path(), &["digest"]), &["nothing to take a digest of"]);
    assert_fails(&run(folder.path(), &["digest", "nothing"]), &["nothing"]);
}

#[test]
fn a_wrong_call_is_said_with_the_signature() {
    let folder = folder();
    let missing = "span_make: the argument bstart is missing; the function is span_make(bstart, bend)";
    let output = run(folder.path(), &["-q", "-c", "SELECT 1; SELECT span_make(bend => 2)"]);
    assert_fails(&output, &[missing]);
    std::fs::write(
        folder.path().join("two.sql"),
        "SELECT 1;\nSELECT span_make(bend => 2);\n",
    )
    .unwrap();
    let output = run(folder.path(), &["-q", "-f", "two.sql"]);
    assert_fails(&output, &["two.sql:2: ", missing]);
}

#[test]
fn a_long_expression_is_no_overflow_of_the_stack() {
    let folder = folder();
    let sum = format!("SELECT a{} AS s FROM (VALUES (1)) t(a)", " + 1".repeat(6000));
    let output = run(folder.path(), &["-q", "--format", "csv", "-c", &sum]);
    assert_eq!(stdout(&output), "s\n6001\n", "{}", stderr(&output));
}
