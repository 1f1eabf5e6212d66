//! `codeanatomy rules`: for who writes rules.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::util::display::array_value_to_string;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::relation::{Candidates, Endpoints, Relation, Rule, RuleFile, pack};
use datafusion_codeanatomy::{Source, attach_source_with_rules};

use crate::args::{Rules, RulesArgs};
use crate::failure::Failure;

/// Does what is asked with the rules of a folder.
pub(crate) async fn run(rules: Rules) -> Result<(), Failure> {
    let (Rules::Check(args) | Rules::Run(args) | Rules::Explain(args)) = &rules;
    let own = read(&args.dir)?;
    let (ctx, relations) = attach(args, &own).await?;
    let parsed = own.iter().map(Rule::parse).collect::<Result<Vec<_>, _>>()?;
    let mut out = std::io::stdout().lock();
    match &rules {
        Rules::Check(_) => writeln!(out, "{} rules of {} are sound", own.len(), args.dir.display())?,
        Rules::Explain(_) => write!(out, "{}", explain(&parsed).map_err(|e| Failure::from(e.to_string()))?)?,
        Rules::Run(_) => {
            if args.source.is_none() {
                return Err(Failure::from("say what the rules run over: --source SOURCE"));
            }
            let own: Vec<&Relation> = relations
                .iter()
                .filter(|r| r.rules.iter().any(|name| parsed.iter().any(|p| p.name == *name)))
                .collect();
            for relation in &own {
                writeln!(out, "{}", relation.name)?;
                for suffix in ["_coverage", "", "_losers"] {
                    let limit = if suffix == "_coverage" { "" } else { " LIMIT 20" };
                    let order = if suffix == "_coverage" {
                        "rule"
                    } else {
                        "path, bstart, bend, src, rank, dst"
                    };
                    let sql = format!("SELECT * FROM {}{suffix} ORDER BY {order}{limit}", relation.name);
                    let rows = ctx.sql(&sql).await?.collect().await?;
                    writeln!(out, "{}", pretty_format_batches(&rows)?)?;
                }
            }
            if let Some(file) = &args.freeze {
                freeze(&ctx, &own, file).await?;
            }
        }
    }
    Ok(())
}

/// The `.sql` files of a folder, by name.
fn read(dir: &Path) -> Result<Vec<RuleFile>, Failure> {
    let cannot = |what: &Path, e: std::io::Error| Failure::from(format!("cannot read '{}': {e}", what.display()));
    let mut paths = vec![];
    for entry in std::fs::read_dir(dir).map_err(|e| cannot(dir, e))? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "sql") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(Failure::from(format!("there is no .sql file in '{}'", dir.display())));
    }
    paths.sort();
    let file = |path: &std::path::PathBuf| {
        Ok(RuleFile {
            file: path.display().to_string(),
            text: std::fs::read_to_string(path).map_err(|e| cannot(path, e))?,
        })
    };
    paths.iter().map(file).collect()
}

/// A session with the rules over the source; without one, over a file of no text, which suffices to plan them.
async fn attach(args: &RulesArgs, own: &[RuleFile]) -> Result<(SessionContext, Vec<Relation>), Failure> {
    let ctx = SessionContext::new();
    codeanatomy_delta::register_all(&ctx)?;
    let options = args.files.options();
    let source = match &args.source {
        Some(source) => Source::new(source, &options)?,
        None => Source::of_text("empty.py", "", &options)?,
    };
    let rules: Vec<RuleFile> = pack().into_iter().chain(own.iter().cloned()).collect();
    let relations = attach_source_with_rules(&ctx, source, &rules).await?;
    Ok((ctx, relations))
}

fn explain(rules: &[Rule]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for rule in rules {
        writeln!(text, "{} ({})", rule.name, rule.file)?;
        writeln!(text, "  {}", rule.doc)?;
        writeln!(text, "  reads: {}", rule.inputs.join(", "))?;
        match rule.output.candidates() {
            None => writeln!(text, "  gives: a view")?,
            Some(candidates) => explain_candidates(candidates, &mut text)?,
        }
        writeln!(text)?;
    }
    Ok(text)
}

fn explain_candidates(of: &Candidates, text: &mut String) -> std::fmt::Result {
    writeln!(
        text,
        "  gives: candidates of {}, edges of kind {}",
        of.relation, of.edge
    )?;
    writeln!(text, "  choice: {:?}, priority {}", of.choice, of.priority)?;
    let terms: Vec<_> = of
        .features
        .iter()
        .map(|f| format!("{} × {}", f.name, f.weight))
        .collect();
    match terms.as_slice() {
        [] => writeln!(text, "  score: the column score")?,
        some => writeln!(text, "  score: {}", some.join(" + "))?,
    }
    if let Some(left) = &of.left {
        writeln!(text, "  could have a candidate: the rows of {left}")?;
    }
    for Endpoints { edge, from, to } in &of.endpoints {
        let edge = edge.as_ref().map(|edge| format!(" of {edge}")).unwrap_or_default();
        writeln!(text, "  endpoints{edge}: {} -> {}", from.join(", "), to.join(", "))?;
    }
    if !of.endpoints.is_empty() {
        writeln!(text, "  a row that breaks it: {}", of.severity.name())?;
    }
    if !of.in_graph {
        writeln!(text, "  not in stored graphs")?;
    }
    Ok(())
}

/// Writes the winners of the relations as a file of sqllogictest.
async fn freeze(ctx: &SessionContext, relations: &[&Relation], file: &Path) -> Result<(), Failure> {
    let mut text = String::new();
    for relation in relations {
        let sql = format!(
            "SELECT kind, src, dst, path, bstart, bend, rule, resolution, score, tied FROM {} ORDER BY path, bstart, bend, kind, src, dst",
            relation.name
        );
        let rows = ctx.sql(&sql).await?.collect().await?;
        let types = "TTTTIITTII";
        write!(text, "query {types}\n{sql}\n----\n").map_err(|e| Failure::from(e.to_string()))?;
        for batch in &rows {
            for row in 0..batch.num_rows() {
                let cell = |column: &Arc<dyn datafusion::arrow::array::Array>| match column.is_null(row) {
                    true => Ok("NULL".to_string()),
                    false => {
                        array_value_to_string(column, row).map(|v| if v.is_empty() { "(empty)".into() } else { v })
                    }
                };
                let cells = batch.columns().iter().map(cell).collect::<Result<Vec<_>, _>>()?;
                text.push_str(&cells.join(" "));
                text.push('\n');
            }
        }
        text.push('\n');
    }
    let mut created = std::fs::File::create_new(file)
        .map_err(|e| Failure::from(format!("cannot write '{}': {e}", file.display())))?;
    Ok(created.write_all(text.as_bytes())?)
}
