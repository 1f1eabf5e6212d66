//! A question as a table function.

use std::sync::Arc;

use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{Result, plan_err};

use super::Question;
use super::found::Given;
use super::table::QuestionTable;
use crate::planner::Arguments;

impl TableFunctionImpl for Question {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let arguments = Arguments::try_new(self.name, self.parameters, args.exprs())?;
        let mut sql = self.sql.to_string();
        let mut given = Given::default();
        for parameter in self.parameters {
            let place = format!("{{{}}}", parameter.name);
            let value = match parameter.name {
                "hops" | "line" | "col" => match arguments.integer(parameter.name)? {
                    Some(value) => value.to_string(),
                    None => parameter.default.to_string(),
                },
                "relation" | "before" | "after" => {
                    let name = arguments.text(parameter.name)?.unwrap_or(parameter.default);
                    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                        let what = if parameter.name == "relation" {
                            "relation"
                        } else {
                            "schema"
                        };
                        return plan_err!("{}: '{name}' is no name of a {what}", self.name);
                    }
                    name.to_string()
                }
                name => arguments.text(name)?.unwrap_or(parameter.default).to_string(),
            };
            let written = match parameter.name {
                "hops" | "line" | "col" | "relation" | "before" | "after" => value.clone(),
                _ => format!("'{}'", value.replace('\'', "''")),
            };
            sql = sql.replace(&place, &written);
            given.set(parameter.name, value);
        }
        if let Some(complete) = self.complete {
            complete(&mut given)?;
        }
        Ok(Arc::new(QuestionTable::new(self, sql, given)))
    }
}
