//! Where rows begin: tables, values, lists, and queries that read themselves.

use std::any::Any;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::cte_worktable::CteWorkTable;
use datafusion::common::{DFSchema, Result, TableReference};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{RecursiveQuery, TableScan, Unnest, Values};

use super::{Builder, Scope, in_no_order, select, settled};
use crate::analysis::called::Called;
use crate::analysis::term::{Relation, Rows, Term};

impl Builder {
    pub(super) fn scan(&mut self, node: &TableScan) -> Result<Relation> {
        let fields = node.projected_schema.fields();
        let provider = source_as_provider(&node.source).ok();
        let provider = provider.as_deref().map(|p| p as &dyn Any);
        if let Some(table) = provider.and_then(|p| p.downcast_ref::<CteWorkTable>())
            && let Some((_, of)) = self.recursive.iter().rev().find(|(name, _)| name == table.name())
        {
            let of = *of;
            let names = table.schema();
            let number = |name: &str| names.index_of(name).map_or(0, |i| i + 1);
            let columns = fields.iter().map(|f| Term::column(of, number(f.name()).to_string()));
            return Ok(in_no_order(Rows::Again { of }, columns.collect()));
        }
        let place = self.place();
        let (name, identity) = match provider.and_then(|p| p.downcast_ref::<Called>()) {
            Some(called) => (node.table_name.table().to_string(), called.call.clone()),
            None => {
                let resolved = node
                    .table_name
                    .clone()
                    .resolve(&self.default_catalog, &self.default_schema);
                let name = TableReference::from(resolved).to_quoted_string();
                (name.clone(), name)
            }
        };
        let columns: Vec<_> = fields.iter().map(|f| Term::column(place, f.name())).collect();
        let relation = in_no_order(Rows::Scan { place, name, identity }, columns);
        if node.filters.is_empty() && node.fetch.is_none() {
            return Ok(relation);
        }
        let all = node.source.schema();
        let columns: Vec<_> = all.fields().iter().map(|f| Term::column(place, f.name())).collect();
        let schema = DFSchema::try_from_qualified_schema(node.table_name.clone(), &all)?;
        let scope = Scope {
            sides: vec![(Arc::new(schema), columns)],
        };
        let conditions = self.terms(&node.filters, &scope)?;
        let mut rows = select(vec![relation.rows], conditions, false);
        if let Some(fetch) = node.fetch {
            rows = Arc::new(Rows::Limit {
                skip: None,
                fetch: Some(Term::value(fetch.to_string())),
                order: vec![],
                input: rows,
            });
        }
        Ok(Relation {
            rows,
            columns: relation.columns,
            order: vec![],
        })
    }

    pub(super) fn values(&mut self, node: &Values) -> Result<Relation> {
        let scope = Scope::default();
        let rows = node.values.iter().map(|row| self.terms(row, &scope));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        let place = self.place();
        let columns = (1..=node.schema.fields().len()).map(|i| Term::column(place, i.to_string()));
        let columns = columns.collect();
        Ok(in_no_order(Rows::Values { place, rows }, columns))
    }

    pub(super) fn unnest(&mut self, node: &Unnest) -> Result<Relation> {
        let input = self.relation(&node.input)?;
        let place = self.place();
        let mut columns = vec![];
        let mut lists = vec![];
        // Of a column that is unnested several times, the results come in the order of the depths that were asked for.
        let mut seen = vec![0; input.columns.len()];
        for (i, field) in node.dependency_indices.iter().zip(node.schema.fields()) {
            let term = input.columns[*i].clone();
            let depths = node.list_type_columns.iter().filter(|(list, _)| list == i);
            let depths: Vec<_> = depths.map(|(_, list)| list.depth).collect();
            if let Some(depth) = depths.get(seen[*i]) {
                let items = Term::call(format!("unnest_{depth}"), vec![term]);
                lists.push(items.clone());
                columns.push(Term::there(place, "unnest", items));
            } else if node.struct_type_columns.contains(i) {
                let name = match node.input.schema().field(*i).data_type() {
                    DataType::Struct(fields) => fields.get(seen[*i]).map_or("", |f| f.name()),
                    _ => field.name(),
                };
                columns.push(Term::call(format!("field_{name:?}"), vec![term]));
            } else {
                columns.push(term);
            }
            seen[*i] += 1;
        }
        let nulls = format!("{:?}", node.options.null_handling);
        let input = settled(input);
        if lists.is_empty() {
            return Ok(Relation {
                rows: input,
                columns,
                order: vec![],
            });
        }
        Ok(in_no_order(
            Rows::Unnest {
                place,
                lists,
                nulls,
                input,
            },
            columns,
        ))
    }

    pub(super) fn recursive(&mut self, node: &RecursiveQuery) -> Result<Relation> {
        let place = self.place();
        let first = self.relation(&node.static_term)?;
        self.recursive.push((node.name.clone(), place));
        let step = self.relation(&node.recursive_term);
        self.recursive.pop();
        let columns = (1..=node.schema.fields().len()).map(|i| Term::column(place, i.to_string()));
        let rows = Rows::Recursive {
            place,
            is_distinct: node.is_distinct,
            first: Box::new(first),
            step: Box::new(step?),
        };
        Ok(in_no_order(rows, columns.collect()))
    }
}
