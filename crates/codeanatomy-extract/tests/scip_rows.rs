//! What is read of SCIP indexes beside the places.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod scip_index;
mod support;

use std::io;

use codeanatomy_extract::scip::{DATASETS, Index, Options};
use codeanatomy_extract::{Extractor, Request};
use codeanatomy_model::find;
use protobuf::MessageField;
use scip::types::symbol_information::Kind;
use scip::types::{
    Diagnostic, DiagnosticTag, Relationship, Severity, Signature, SymbolInformation, SymbolRole, SyntaxKind,
};
use scip_index::{UTF8, assume, bytes, document, index, no_sources, read, symbol};
use support::lines;

const METHOD: &str = "s m p 1 `a.b`/C#f(+1).";

/// An index in which every field is used.
fn rich_index() -> scip::types::Index {
    let mut document = document("a.py", "x = 1\n", UTF8, &[&[0, 0, 1], &[0, 4, 5]]);
    document.language = "python".into();
    document.occurrences[0].symbol_roles = SymbolRole::Definition as i32 | SymbolRole::Test as i32;
    document.occurrences[0].syntax_kind = SyntaxKind::IdentifierFunction.into();
    document.occurrences[1].symbol = METHOD.into();
    document.occurrences[1].override_documentation = vec!["a".into(), "b".into()];
    document.occurrences[1].diagnostics = vec![Diagnostic {
        severity: Severity::Hint.into(),
        code: "E1".into(),
        message: "old".into(),
        source: "lint".into(),
        tags: vec![DiagnosticTag::Deprecated.into(), DiagnosticTag::Unnecessary.into()],
        ..Diagnostic::default()
    }];
    document.symbols = vec![SymbolInformation {
        documentation: vec!["one".into(), "two".into()],
        kind: Kind::AbstractMethod.into(),
        display_name: "f".into(),
        signature_documentation: MessageField::some(Signature {
            language: "python".into(),
            text: "def f()".into(),
            ..Signature::default()
        }),
        enclosing_symbol: "local 0".into(),
        relationships: vec![Relationship {
            symbol: "local 0".into(),
            is_implementation: true,
            ..Relationship::default()
        }],
        ..symbol(METHOD)
    }];
    let mut index = index(vec![document]);
    index.external_symbols = vec![symbol("s . . . g("), symbol("s . . . g.")];
    index
}

#[test]
fn everything_that_an_index_says_is_in_a_column() {
    let [documents, occurrences, symbols, relationships, diagnostics] =
        read(&bytes(&rich_index()), &assume(None), &no_sources);
    let columns = [
        "path",
        "language",
        "text_source",
        "is_complete",
        "tool_name",
        "tool_arguments",
    ];
    assert_eq!(lines(&documents, &columns), ["a.py python index true by-hand -a\nb"]);
    let columns = [
        "symbol",
        "is_local",
        "symbol_roles",
        "is_definition",
        "is_read",
        "is_test",
        "syntax_kind",
    ];
    assert_eq!(
        lines(&occurrences, &columns),
        [
            "local 0 true 33 true false true IdentifierFunction".to_owned(),
            format!("{METHOD} false 0 false false false -"),
        ]
    );
    assert_eq!(lines(&occurrences, &["override_documentation"]), ["-", "a\n\nb"]);
    let columns = [
        "path",
        "seq",
        "is_external",
        "scheme",
        "manager",
        "package",
        "version",
        "qualified_name",
        "name",
        "suffix",
        "disambiguator",
        "parent_symbol",
        "kind",
        "documentation",
        "signature",
        "enclosing_symbol",
    ];
    assert_eq!(
        lines(&symbols, &columns),
        [
            "a.py 0 false s m p 1 a.b.C.f f Method +1 s m p 1 `a.b`/C# AbstractMethod one\n\ntwo def f() local 0",
            "an/index.scip 0 true - - - - - - - - - - - - -",
            "an/index.scip 1 true s - - - g g Term - - - - - -",
        ]
    );
    let columns = [
        "symbol_seq",
        "seq",
        "related_symbol",
        "is_reference",
        "is_implementation",
        "is_definition",
    ];
    assert_eq!(lines(&relationships, &columns), ["0 0 local 0 false true false"]);
    let columns = [
        "path",
        "source",
        "tool_source",
        "severity",
        "code",
        "message",
        "tags",
        "occurrence_seq",
        "bstart",
    ];
    assert_eq!(
        lines(&diagnostics, &columns),
        [
            "a.py tool lint Hint E1 old Deprecated, Unnecessary 1 4",
            "an/index.scip symbol - Information - 1 symbols are not written by the grammar of the protocol, the first of \
             them \"s . . . g(\" - - -",
        ]
    );
}

#[test]
fn a_symbol_has_one_id_and_a_local_one_only_in_its_document() {
    let documents = ["a.py", "b.py"].map(|path| {
        let mut document = document(path, "x", UTF8, &[&[0, 0, 1], &[0, 0, 1]]);
        document.occurrences[1].symbol = METHOD.into();
        document.symbols = vec![symbol("local 0"), symbol(METHOD)];
        document
    });
    let [_, occurrences, symbols, ..] = read(&bytes(&index(documents.into())), &assume(None), &no_sources);
    let ids = lines(&occurrences, &["scip_symbol_id"]);
    assert_eq!(ids, lines(&symbols, &["scip_symbol_id"]));
    assert!(ids[0] != ids[2] && ids[1] == ids[3] && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn rows_come_in_the_order_of_paths_and_equal_paths_are_told_apart() {
    let paths = ["b.py", "z.py", "a.py", "b.py"];
    let documents = paths.map(|path| document(path, path, UTF8, &[&[0, 0, 1], &[0, 0, 4]]));
    let [documents, occurrences, ..] = read(&bytes(&index(documents.into())), &assume(None), &no_sources);
    let columns = ["path", "document_ordinal"];
    assert_eq!(lines(&documents, &columns), ["a.py 0", "b.py 0", "b.py 1", "z.py 0"]);
    let rows = lines(&occurrences, &["path", "document_ordinal", "seq"]);
    assert_eq!(rows[2..6], ["b.py 0 0", "b.py 0 1", "b.py 1 0", "b.py 1 1"]);
}

#[test]
fn the_text_is_that_of_the_source_where_the_index_has_none() {
    let paths = ["a.py", "b.py", "c.py", "../d.py", ""];
    let index = index(paths.map(|path| document(path, "", UTF8, &[&[0, 0, 1]])).into());
    let asked = std::cell::RefCell::new(Vec::new());
    let sources = |path: &str| {
        asked.borrow_mut().push(path.to_owned());
        match path {
            "pkg/a.py" => Ok(b"x".to_vec()),
            "pkg/b.py" => Ok(b"\xff".to_vec()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    };
    let options = Options {
        root: "pkg".into(),
        ..Options::default()
    };
    let [documents, occurrences, _, _, diagnostics] = read(&bytes(&index), &options, &sources);
    assert_eq!(
        lines(&documents, &["path", "relative_path", "text_source", "text_reason"]),
        [
            "an/index.scip - - bad_path",
            "pkg/../d.py ../d.py - bad_path",
            "pkg/a.py a.py source -",
            "pkg/b.py b.py - undecodable",
            "pkg/c.py c.py - not_found",
        ]
    );
    assert_eq!(
        lines(&occurrences, &["reason"]),
        ["no_text", "no_text", "-", "no_text", "no_text"]
    );
    assert_eq!(
        lines(&diagnostics, &["path", "source"]),
        [
            "an/index.scip path",
            "an/index.scip text",
            "pkg/../d.py path",
            "pkg/../d.py text",
            "pkg/b.py text",
            "pkg/c.py text",
        ]
    );
    // Nothing outside of the source is asked for.
    assert_eq!(asked.into_inner(), ["pkg/a.py", "pkg/b.py", "pkg/c.py"]);
}

#[test]
fn a_projection_gives_the_same_cells() {
    let index = bytes(&rich_index());
    for (contract, whole) in DATASETS.iter().zip(read(&index, &assume(None), &no_sources)) {
        let contract = find(contract).expect("a dataset");
        for (i, column) in contract.columns.iter().enumerate() {
            let request = Request::default().with(contract, Some(vec![i]));
            let mut extractor = Extractor::new(&request).expect("columns");
            let mut index =
                Index::open("an/index.scip", io::Cursor::new(&index), Options::default()).expect("an index");
            while extractor.add_scip(&mut index, &no_sources) {}
            let part = extractor
                .table(contract.name)
                .expect("asked for")
                .take()
                .expect("a batch");
            assert_eq!(part.column(0), whole.column(i), "{}.{}", contract.name, column.name);
        }
    }
}

#[test]
fn documents_that_are_not_kept_are_not_read() {
    let documents = ["a.py", "b.py"].map(|path| document(path, "", UTF8, &[&[0, 0, 1]]));
    let index = bytes(&index(documents.into()));
    let request = Request::default().with(find("scip_occurrences").expect("a dataset"), None);
    let mut extractor = Extractor::new(&request).expect("columns");
    let mut index = Index::open("an/index.scip", io::Cursor::new(&index), Options::default()).expect("an index");
    assert_eq!(index.paths().collect::<Vec<_>>(), ["a.py", "an/index.scip", "b.py"]);
    index.retain(|path| path == "b.py");
    while extractor.add_scip(&mut index, &|path| {
        if path == "b.py" {
            Ok(b"x".to_vec())
        } else {
            panic!("{path}")
        }
    }) {}
    let rows = extractor
        .table("scip_occurrences")
        .expect("asked for")
        .take()
        .expect("a batch");
    assert_eq!(lines(&rows, &["path", "bend"]), ["b.py 1"]);
}
