//! The parameters in the text of a query.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::{Expr, cast, lit};
use datafusion::sql::sqlparser::ast::{
    Expr as SqlExpr, FunctionArg, Query as SqlQuery, TableFactor, Value, ValueWithSpan, Visit, Visitor, VisitorMut,
};
use datafusion::sql::unparser::expr_to_sql;

use crate::planner::sql_function::SqlParameter;

/// Gives parameters in a query their types, `CAST($n AS BIGINT)`, and refuses calls of the function itself.
pub(super) struct Places<'a> {
    pub(super) function: &'a str,
    pub(super) parameters: &'a [SqlParameter],
    /// What stands in place of them; if there is none, placeholders do.
    pub(super) values: Option<&'a BTreeMap<String, ScalarValue>>,
    /// The functions that take placeholders for arguments: those of SQL that are planned.
    pub(super) take_places: BTreeSet<&'a str>,
    /// Whether a table function with a parameter for an argument was found.
    pub(super) is_argument: bool,
}

impl Places<'_> {
    /// What stands in place of a parameter.
    fn of(&self, parameter: &SqlParameter) -> Result<SqlExpr> {
        let value = self.values.and_then(|values| values.get(&parameter.name));
        let Some(value) = value else {
            let place = Expr::Placeholder(Placeholder::new_with_field(format!("${}", parameter.name), None));
            return expr_to_sql(&cast(place, parameter.ty.clone()));
        };
        let is_plain = matches!(value, ScalarValue::Boolean(Some(_)) | ScalarValue::Int64(Some(_)))
            || value.try_as_str().is_some_and(|text| text.is_some());
        let value = lit(value.clone());
        expr_to_sql(&if is_plain {
            value
        } else {
            cast(value, parameter.ty.clone())
        })
    }
}

/// Whether there is a placeholder in an argument of a table function. A query as an argument is the input of a function of relations, and may hold some.
fn has_place(args: &[FunctionArg]) -> bool {
    #[derive(Default)]
    struct Finds {
        queries: usize,
    }
    impl Visitor for Finds {
        type Break = ();

        fn pre_visit_query(&mut self, _: &SqlQuery) -> ControlFlow<()> {
            self.queries += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &SqlQuery) -> ControlFlow<()> {
            self.queries -= 1;
            ControlFlow::Continue(())
        }

        fn pre_visit_expr(&mut self, expr: &SqlExpr) -> ControlFlow<()> {
            match expr {
                SqlExpr::Value(ValueWithSpan {
                    value: Value::Placeholder(_),
                    ..
                }) if self.queries == 0 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        }
    }
    args.iter()
        .any(|arg| Visit::visit(arg, &mut Finds::default()).is_break())
}

impl VisitorMut for Places<'_> {
    type Break = String;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<String> {
        let (name, args) = match factor {
            TableFactor::Table {
                name, args: Some(args), ..
            } => (&*name, &*args.args),
            TableFactor::Function { name, args, .. } => (&*name, &**args),
            _ => return ControlFlow::Continue(()),
        };
        self.is_argument |= !self
            .take_places
            .contains(name.to_string().to_ascii_lowercase().as_str())
            && has_place(args);
        match name.to_string().eq_ignore_ascii_case(self.function) {
            true => ControlFlow::Break("it may not call itself".to_string()),
            false => ControlFlow::Continue(()),
        }
    }

    fn post_visit_expr(&mut self, expr: &mut SqlExpr) -> ControlFlow<String> {
        let SqlExpr::Value(ValueWithSpan {
            value: Value::Placeholder(id),
            ..
        }) = expr
        else {
            return ControlFlow::Continue(());
        };
        let wanted = id.trim_start_matches('$').to_ascii_lowercase();
        let number = wanted.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let named = self.parameters.iter().find(|p| p.name == wanted);
        let Some(parameter) = named.or_else(|| self.parameters.get(number?)) else {
            return ControlFlow::Break(format!("there is no parameter {id}"));
        };
        match self.of(parameter) {
            Ok(typed) => *expr = typed,
            Err(error) => return ControlFlow::Break(format!("the parameter {}: {error}", parameter.name)),
        }
        ControlFlow::Continue(())
    }
}
