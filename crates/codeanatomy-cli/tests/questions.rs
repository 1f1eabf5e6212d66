//! What the commands that ask questions, and those for rules, say of the example project.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop")
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_codeanatomy"))
        .current_dir(folder)
        .env("HOME", folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a command writes when it asks the example project.
fn ask(arguments: &[&str]) -> String {
    let shop = shop();
    let output = run(&shop, &[arguments, &["--source", shop.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn fails(output: &Output, part: &str) {
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.starts_with("error: ") && message.contains(part), "{message}");
}

#[test]
fn every_question_is_a_command_with_a_table_and_json() {
    let commands: [(&[&str], &str); 12] = [
        (&["who-calls", "best_rule"], "\"caller\":\"shop.report.report\""),
        (&["what-calls", "Order.total"], "\"callee\":\"shop.orders.Order.count\""),
        (&["where", "Product"], "\"kind\":\"instantiates\""),
        (&["importers", "shop.catalog"], "\"imports\":\"shop.catalog.Product\""),
        (
            &["impact", "shop/pricing/rules.py"],
            "\"because_of\":\"shop.pricing.rules.best_rule\"",
        ),
        (
            &["impact", "--name", "Order.count", "--hops", "1"],
            "\"name\":\"shop.orders.Order.total\"",
        ),
        (&["dead-code"], "\"name\":\"shop.orders.counter\""),
        (&["cycles"], "[]"),
        (&["hot-spots"], "\"path\":\"shop/report.py\""),
        (
            &["symbol", "shop/orders.py:20:16"],
            "\"qualified_name\":\"shop.orders.Order.total\"",
        ),
        (
            &["around", "shop/orders.py", "20"],
            "\"name\":\"shop.pricing.rules.best_rule\"",
        ),
        (&["explain", "inherits", "def:none"], "[]"),
    ];
    for (command, part) in commands {
        let json = ask(&[command, &["--format", "json"]].concat());
        assert!(json.starts_with('[') && json.contains(part), "{command:?}: {json}");
        let table = ask(command);
        assert!(part == "[]" || table.starts_with('+'), "{command:?}: {table}");
    }
}

#[test]
fn answers_that_are_edges_are_drawn_and_others_say_that_they_are_none() {
    let dot = "digraph {\n  rankdir=LR;\n  \"shop.orders.Order.total\" -> \"shop.pricing.rules.best_rule\";\n  \
               \"shop.report.report\" -> \"shop.pricing.rules.best_rule\";\n}\n";
    assert_eq!(ask(&["who-calls", "best_rule", "--format", "dot"]), dot);
    let mermaid = "graph LR\n  n0[\"shop.orders.Order.total\"]\n  n1[\"shop.pricing.rules.best_rule\"]\n  \
                   n2[\"shop.report.report\"]\n  n0 --> n1\n  n2 --> n1\n";
    assert_eq!(ask(&["who-calls", "best_rule", "--format", "mermaid"]), mermaid);
    for command in [
        &["what-calls", "Order.total"][..],
        &["where", "Product"],
        &["importers", "shop.catalog"],
        &["impact", "shop/pricing/rules.py"],
        &["cycles"],
        &["around", "shop/orders.py:20"],
    ] {
        assert!(ask(&[command, &["--format", "dot"]].concat()).starts_with("digraph {"));
        assert!(ask(&[command, &["--format", "mermaid"]].concat()).starts_with("graph LR"));
    }
    let shop = shop();
    let source = shop.to_str().unwrap();
    fails(
        &run(&shop, &["dead-code", "--source", source, "--format", "dot"]),
        "no edges to draw",
    );
    fails(
        &run(&shop, &["symbol", "shop/orders.py", "--source", source]),
        "say which line",
    );
    fails(
        &run(&shop, &["impact", "shop/order_.py", "--source", source]),
        "nothing of the source is at the path 'shop/order_.py'",
    );
    fails(
        &run(&shop, &["who-calls", "best_rule"]),
        "--source SOURCE or --graph DIR",
    );
}

#[test]
fn the_impact_of_a_range_of_commits_begins_at_the_files_that_differ() {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let identity = [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "-c",
            "commit.gpgsign=false",
        ];
        let done = Command::new("git")
            .current_dir(folder.path())
            .args(identity)
            .args(arguments)
            .output();
        assert!(done.unwrap().status.success(), "{arguments:?}");
    };
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    git(&["init", "-q"]);
    write("a.py", "def one():\n    return 1\n");
    write("b.py", "import a\n\n\ndef two():\n    return a.one()\n");
    write("c.py", "def three():\n    return 3\n");
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    write("a.py", "def one():\n    return 2\n");
    git(&["commit", "-qam", "second"]);
    let output = run(
        folder.path(),
        &["impact", "--range", "HEAD~1..HEAD", "--source", ".", "--format", "csv"],
    );
    let rows = "hops,kind,name,path,reason,because_of\n0,file,a,a.py,changed,a\n0,function,a.one,a.py,changed,a.one\n\
                1,function,b.two,b.py,calls,a.one\n";
    assert_eq!(text(&output.stdout), rows, "{}", text(&output.stderr));
    let empty = run(
        folder.path(),
        &["impact", "--range", "HEAD..HEAD", "--source", ".", "--format", "json"],
    );
    assert_eq!(text(&empty.stdout).trim(), "[]", "{}", text(&empty.stderr));
    fails(
        &run(folder.path(), &["impact", "--range", "HEAD", "--source", "."]),
        "is no range of commits",
    );
    fails(
        &run(folder.path(), &["impact", "--range", "x..HEAD", "--source", "."]),
        "the revision 'x'",
    );
}

#[test]
fn a_difference_of_graphs_has_what_came_and_what_went() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("src");
    std::fs::create_dir(&source).unwrap();
    let write = |text: &str| std::fs::write(source.join("a.py"), text).unwrap();
    let build = || {
        let built = run(folder.path(), &["build", "src", "--out", "graph", "-q"]);
        assert_eq!(built.status.code(), Some(0), "{}", text(&built.stderr));
    };
    write("def old():\n    pass\n\n\ndef f():\n    old()\n");
    build();
    write("# moved\n\n\ndef new():\n    pass\n\n\ndef f():\n    new()\n");
    build();
    let versions = text(&run(folder.path(), &["graphs", "graph", "--format", "csv"]).stdout);
    let first = versions
        .lines()
        .nth(1)
        .and_then(|l| l.split(',').next())
        .unwrap()
        .to_string();
    let diff = ["diff", "graph", "--before-at", &first, "--graph", "graph"];
    let rows = run(folder.path(), &[&diff[..], &["--format", "csv"]].concat());
    let expected = "change,kind,src,dst,path,bstart\nremoved,function,a.old,,a.py,0\nadded,function,a.new,,a.py,10\n\
                    removed,calls,a.f,a.old,a.py,35\nadded,calls,a.f,a.new,a.py,45\n";
    assert_eq!(text(&rows.stdout), expected, "{}", text(&rows.stderr));
    let same = run(
        folder.path(),
        &["diff", "graph", "--graph", "graph", "--format", "json"],
    );
    assert_eq!(text(&same.stdout).trim(), "[]");
}

const MENTIONS: &str = "-- rule: mentions\n-- relation: mentions\n-- group: src\n-- feature: evidence 10\n\
    -- doc: A docstring mentions a class by its name.\n\
    SELECT d.def_id AS src, c.def_id AS dst, d.path, d.bstart, d.bend, 1 AS evidence, 'name' AS resolution\n\
    FROM docstrings d JOIN definitions c ON strpos(d.value, c.name) > 0 WHERE c.kind = 'class'\n";

#[test]
fn a_pack_of_rules_is_checked_run_explained_and_frozen() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    std::fs::write(rules.join("mentions.sql"), MENTIONS).unwrap();
    let source = folder.path().join("src");
    std::fs::create_dir(&source).unwrap();
    std::fs::write(
        source.join("a.py"),
        "class Order:\n    pass\n\n\ndef f():\n    \"\"\"Makes an Order.\"\"\"\n",
    )
    .unwrap();

    let done = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(done(&["rules", "check", "rules"]), "1 rules of rules are sound\n");
    let explained = done(&["rules", "explain", "rules"]);
    for part in [
        "mentions (rules/mentions.sql)",
        "reads: definitions, docstrings",
        "score: evidence × 10",
    ] {
        assert!(explained.contains(part), "'{part}' is not in: {explained}");
    }
    let shown = done(&["rules", "run", "rules", "--source", "src", "--freeze", "mentions.slt"]);
    assert!(
        shown.contains("| mentions | 1          | 1       | 1        |"),
        "{shown}"
    );
    let frozen = std::fs::read_to_string(folder.path().join("mentions.slt")).unwrap();
    assert!(
        frozen.starts_with("query TTTTIITTII\n") && frozen.contains(" a.py ") && frozen.contains(" name 10 1\n"),
        "{frozen}"
    );

    let wrong = MENTIONS.replace("c.name", "c.nam");
    std::fs::write(rules.join("mentions.sql"), wrong).unwrap();
    fails(
        &run(folder.path(), &["rules", "check", "rules"]),
        "rules/mentions.sql:7",
    );
    fails(
        &run(folder.path(), &["rules", "check", "src"]),
        "there is no .sql file in 'src'",
    );
}
