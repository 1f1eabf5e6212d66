//! The order in which rules can be planned: each behind what it reads.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::common::{Result, plan_err};

use super::rule::{Output, Rule};

/// One thing that rules make: a view, or a relation with all of its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Product<'a> {
    View(&'a str),
    Relation(&'a str),
}

/// The products of `rules` in an order in which each comes behind those it reads. `exists` says which other tables
/// there are.
pub(super) fn in_order<'a>(rules: &'a [Rule], exists: impl Fn(&str) -> bool) -> Result<Vec<Product<'a>>> {
    let mut makers: BTreeMap<Product<'a>, Vec<&'a Rule>> = BTreeMap::new();
    let mut tables: BTreeMap<String, Product<'a>> = BTreeMap::new();
    for rule in rules {
        let product = match &rule.output {
            Output::View => Product::View(&rule.name),
            Output::Candidates(candidates) => Product::Relation(&candidates.relation),
        };
        for table in table_names(product) {
            if exists(&table) {
                return plan_err!("{}: a table {table} is already there", rule.file);
            }
            if tables
                .insert(table, product)
                .is_some_and(|p| p != product || matches!(p, Product::View(_)))
            {
                return plan_err!(
                    "{}: another rule makes a table of the same name as {}",
                    rule.file,
                    rule.name
                );
            }
        }
        let others = makers.entry(product).or_default();
        if others.iter().any(|r| r.name == rule.name) {
            return plan_err!("{}: there are two rules named {}", rule.file, rule.name);
        }
        others.push(rule);
    }
    for rule in rules {
        if let Some(missing) = rule.inputs.iter().find(|t| !tables.contains_key(*t) && !exists(t)) {
            let known = tables.keys().cloned().collect::<Vec<_>>().join(", ");
            return plan_err!(
                "{}: there is no table '{missing}'; besides the datasets there are {known}",
                rule.file
            );
        }
    }
    let mut ordered = vec![];
    let mut open = vec![];
    let mut done = BTreeSet::new();
    for product in makers.keys() {
        visit(*product, &makers, &tables, &mut open, &mut done, &mut ordered)?;
    }
    Ok(ordered)
}

/// Which of `rules` a stored graph needs: those of its relations, and the views that these and `others` read.
pub(super) fn needed(rules: &[Rule], others: &[&str]) -> Vec<bool> {
    let is_stored = |rule: &Rule| rule.output.candidates().is_some_and(|candidates| candidates.in_graph);
    let makes = |rule: &Rule, table: &str| match &rule.output {
        Output::View => rule.name == table,
        Output::Candidates(candidates) => table_names(Product::Relation(&candidates.relation))
            .iter()
            .any(|name| name == table),
    };
    let mut needed: Vec<bool> = rules
        .iter()
        .map(|rule| is_stored(rule) || others.iter().any(|table| makes(rule, table)))
        .collect();
    let mut open: Vec<usize> = (0..rules.len()).filter(|i| needed[*i]).collect();
    while let Some(i) = open.pop() {
        for (j, rule) in rules.iter().enumerate() {
            if !needed[j] && rules[i].inputs.iter().any(|table| makes(rule, table)) {
                needed[j] = true;
                open.push(j);
            }
        }
    }
    needed
}

/// The tables that a product becomes.
fn table_names(product: Product<'_>) -> Vec<String> {
    match product {
        Product::View(name) => vec![name.to_string()],
        Product::Relation(name) => vec![name.to_string(), format!("{name}_candidates"), format!("{name}_losers")],
    }
}

fn visit<'a>(
    product: Product<'a>,
    makers: &BTreeMap<Product<'a>, Vec<&'a Rule>>,
    tables: &BTreeMap<String, Product<'a>>,
    open: &mut Vec<Product<'a>>,
    done: &mut BTreeSet<Product<'a>>,
    ordered: &mut Vec<Product<'a>>,
) -> Result<()> {
    if done.contains(&product) {
        return Ok(());
    }
    if let Some(start) = open.iter().position(|p| *p == product) {
        let name = |p: &Product<'a>| table_names(*p).swap_remove(0);
        let cycle: Vec<_> = open[start..].iter().chain([&product]).map(name).collect();
        return plan_err!("rules read each other in a circle: {}", cycle.join(" → "));
    }
    open.push(product);
    for input in makers[&product].iter().flat_map(|r| &r.inputs) {
        if let Some(next) = tables.get(input) {
            visit(*next, makers, tables, open, done, ordered)?;
        }
    }
    open.pop();
    done.insert(product);
    ordered.push(product);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::RuleFile;
    use super::*;

    fn view(name: &str, from: &str) -> Rule {
        let text = format!("-- view: {name}\n-- doc: x\nSELECT * FROM {from}");
        Rule::parse(&RuleFile {
            file: format!("{name}.sql"),
            text,
        })
        .unwrap()
    }

    #[test]
    fn products_come_behind_what_they_read() {
        let rules = [view("a", "b"), view("b", "c"), view("c", "t")];
        let order = in_order(&rules, |t| t == "t").unwrap();
        assert_eq!(order, [Product::View("c"), Product::View("b"), Product::View("a")]);
    }

    #[test]
    fn a_graph_needs_what_its_relations_read_and_nothing_else() {
        let rule = |name: &str, more: &str, from: &str| {
            let text =
                format!("-- rule: {name}\n-- relation: {name}\n-- unique: src\n{more}-- doc: x\nSELECT * FROM {from}");
            Rule::parse(&RuleFile {
                file: format!("{name}.sql"),
                text,
            })
            .unwrap()
        };
        let rules = [
            view("a", "t"),
            view("b", "a"),
            rule("stored", "", "b"),
            view("question", "stored_losers"),
            rule("asked", "-- graph: no\n", "question"),
            view("nodes", "t"),
        ];
        assert_eq!(needed(&rules, &["nodes"]), [true, true, true, false, false, true]);
    }

    #[test]
    fn circles_missing_tables_and_double_names_are_errors_that_say_which() {
        let error = |rules: &[Rule]| in_order(rules, |t| t == "t").unwrap_err().strip_backtrace();
        assert!(error(&[view("a", "b"), view("b", "a")]).contains("circle: a → b → a"));
        assert!(error(&[view("a", "nope")]).contains("a.sql: there is no table 'nope'"));
        assert!(error(&[view("a", "t"), view("a", "t")]).contains("same name as a"));
        assert!(error(&[view("t", "t")]).contains("t.sql: a table t is already there"));
    }
}
