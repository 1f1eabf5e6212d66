//! The pages in `docs/`: they are what the contracts say, or this fails. `WRITE_PAGES=1` writes them anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use codeanatomy_delta::register_all;
use codeanatomy_model::{CATALOGUE, Contract, Languages};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::SessionContext;

use crate::{lines, rows};

const GENERATED: &str = "<!-- Made from the contracts by `tests/it/pages.rs`; change them, not this page. -->\n";

const FUNCTIONS: &str = "<!-- Made from the functions by `tests/it/pages.rs`; change them, not this page. -->\n";

fn inputs(contract: &Contract) -> &'static str {
    match contract.inputs {
        inputs if inputs == Languages::PYTHON => "Python files",
        inputs if inputs == Languages::SOURCE => "source files of every language that is built in",
        inputs if inputs == Languages::BYTECODE => "`.pyc` files of CPython 3.9 to 3.14",
        inputs if inputs == Languages::SCIP => "`.scip` indexes",
        other => panic!("{other:?} wants words"),
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

/// Text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn page(contract: &Contract, parameters: &[String]) -> String {
    let mut page = format!("{GENERATED}\n# `{}`\n\n{}\n\n", contract.name, contract.description());
    writeln!(page, "- Family: {}", contract.family.name()).unwrap();
    writeln!(page, "- Read from: {}", inputs(contract)).unwrap();
    writeln!(page, "- Key: {}", list(contract.key)).unwrap();
    writeln!(page, "- Order: {}, ascending, text by its bytes", list(contract.order)).unwrap();
    if let Some(id) = contract.id {
        let parts = id.parts.join(", ");
        writeln!(page, "- Id: `{}` = `stable_id('{}', {parts})`", id.column, id.prefix).unwrap();
    }
    if let Some(node) = contract.node {
        writeln!(page, "- Graph: each row is a node of kind {node}").unwrap();
    }
    page.push_str("\n## Columns\n\n| column | type | null | meaning |\n|---|---|---|---|\n");
    for column in contract.columns {
        let null = if column.nullable { "may be" } else { "never" };
        let (name, ty) = (column.name, column.ty.sql_name());
        writeln!(page, "| `{name}` | {ty} | {null} | {} |", cell(&column.description())).unwrap();
    }
    page.push_str("\n## Arguments of the function\n\n| argument | meaning |\n|---|---|\n");
    for parameter in parameters {
        page.push_str(parameter);
        page.push('\n');
    }
    page
}

async fn pages() -> BTreeMap<String, String> {
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    let mut pages = BTreeMap::new();
    let mut index = format!("{GENERATED}\n# Datasets\n");
    let mut family = "";
    for contract in CATALOGUE {
        let name = contract.name;
        let sql = format!(
            "SELECT concat('`', parameter, '`'), description FROM table_functions() WHERE function = '{name}' ORDER BY position"
        );
        let row = |line: String| format!("| {line} |");
        let parameters: Vec<_> = lines(&ctx, &sql).await.into_iter().map(row).collect();
        pages.insert(format!("datasets/{name}.md"), page(contract, &parameters));
        if contract.family.name() != family {
            family = contract.family.name();
            write!(index, "\n## {family}\n\n").unwrap();
        }
        let first = contract.description();
        let first = first.split_inclusive(". ").next().unwrap_or_default().trim_end();
        writeln!(index, "- [`{name}`](datasets/{name}.md): {first}").unwrap();
    }
    write!(
        index,
        "\n# Functions\n\n[All functions](functions/README.md), by what they are about.\n"
    )
    .unwrap();
    pages.insert("README.md".to_string(), index);
    functions(&ctx, &mut pages).await;
    pages
}

/// The pages of functions, from their inventory.
async fn functions(ctx: &SessionContext, pages: &mut BTreeMap<String, String>) {
    let sql = "SELECT name, kind, section, signature, returns, description, nulls, volatility, since, example \
         FROM functions() WHERE kind <> 'table'";
    let mut index = format!("{FUNCTIONS}\n# Functions\n");
    let mut sections: Vec<(String, String)> = vec![];
    for line in lines(ctx, sql).await {
        let cells: Vec<_> = line.split(" | ").collect();
        let [
            name,
            kind,
            section,
            signature,
            returns,
            description,
            nulls,
            volatility,
            since,
            example,
        ] = cells[..]
        else {
            panic!("a cell with a bar: {line}");
        };
        let mut page = format!("{FUNCTIONS}\n# `{signature}`\n\n{description}\n\n");
        writeln!(page, "- Kind: {kind}, {volatility}").unwrap();
        writeln!(page, "- Gives: {returns}").unwrap();
        writeln!(page, "- Nulls: {nulls}").unwrap();
        writeln!(page, "- Since: {since}").unwrap();
        let sql = format!(
            "SELECT concat('`', name, '`'), type, CASE WHEN is_variadic THEN 'any number of them' WHEN is_required THEN 'required' \
             ELSE concat('`', default, '`') END, description FROM function_parameters() WHERE function = '{name}' ORDER BY position"
        );
        let parameters = lines(ctx, &sql).await;
        if !parameters.is_empty() {
            page.push_str("\n| argument | type | default | meaning |\n|---|---|---|---|\n");
            parameters.iter().for_each(|p| writeln!(page, "| {p} |").unwrap());
        }
        let batches = rows(ctx, example).await.unwrap();
        let shown = pretty_format_batches(&batches).unwrap();
        write!(page, "\n```sql\n{example}\n```\n\n```text\n{shown}\n```\n").unwrap();
        pages.insert(format!("functions/{name}.md"), page);
        let first = description.split_inclusive(". ").next().unwrap_or_default().trim_end();
        let entry = format!("- [`{signature}`]({name}.md): {first}\n");
        match sections.iter_mut().find(|(title, _)| title == section) {
            Some((_, entries)) => entries.push_str(&entry),
            None => sections.push((section.to_string(), entry)),
        }
    }
    tables_of_delta(ctx, pages, &mut sections).await;
    for (title, entries) in sections {
        write!(index, "\n## {title}\n\n{entries}").unwrap();
    }
    pages.insert("functions/README.md".to_string(), index);
}

/// The pages of Delta's functions, whose examples name tables of the reader.
async fn tables_of_delta(
    ctx: &SessionContext,
    pages: &mut BTreeMap<String, String>,
    sections: &mut Vec<(String, String)>,
) {
    let sql = "SELECT name, section, signature, description, example FROM functions() WHERE section = 'Delta Lake'";
    for line in lines(ctx, sql).await {
        let cells: Vec<_> = line.split(" | ").collect();
        let [name, section, signature, description, example] = cells[..] else {
            panic!("a cell with a bar: {line}");
        };
        let mut page = format!("{FUNCTIONS}\n# `{signature}`\n\n{description}\n\n- Kind: table\n\n");
        page.push_str("| argument | default | meaning |\n|---|---|---|\n");
        let sql = format!(
            "SELECT concat('`', name, '`'), CASE WHEN is_required THEN 'required' ELSE default END, description \
             FROM function_parameters() WHERE function = '{name}' ORDER BY position"
        );
        for parameter in lines(ctx, &sql).await {
            writeln!(page, "| {parameter} |").unwrap();
        }
        write!(
            page,
            "\n```sql\n{example}\n```\n\nMore is in [Delta Lake](../delta.md).\n"
        )
        .unwrap();
        pages.insert(format!("functions/{name}.md"), page);
        let first = description.split_inclusive(". ").next().unwrap_or_default().trim_end();
        let entry = format!("- [`{signature}`]({name}.md): {first}\n");
        match sections.last_mut().filter(|(title, _)| title == section) {
            Some((_, entries)) => entries.push_str(&entry),
            None => sections.push((section.to_string(), entry)),
        }
    }
}

#[tokio::test]
async fn the_pages_are_what_the_contracts_say() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let pages = pages().await;
    for entry in std::fs::read_dir(docs.join("functions")).into_iter().flatten() {
        let name = format!("functions/{}", entry.unwrap().file_name().into_string().unwrap());
        assert!(pages.contains_key(&name), "docs/{name} is of no function");
    }
    for (path, text) in pages {
        let path = docs.join(path);
        if std::env::var_os("WRITE_PAGES").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "{} is stale: run this test with WRITE_PAGES=1",
            path.display()
        );
    }
    let known: Vec<_> = CATALOGUE.iter().map(|c| format!("{}.md", c.name)).collect();
    for entry in std::fs::read_dir(docs.join("datasets")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "docs/datasets/{name} is of no dataset");
    }
}
