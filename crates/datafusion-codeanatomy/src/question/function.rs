//! A question as a table function.

use std::sync::Arc;

use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{Result, plan_err};

use super::Question;
use super::table::QuestionTable;
use crate::planner::Arguments;

impl TableFunctionImpl for Question {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let arguments = Arguments::try_new(self.name, self.parameters, args.exprs())?;
        let mut sql = self.sql.to_string();
        for parameter in self.parameters {
            let place = format!("{{{}}}", parameter.name);
            let value = match parameter.name {
                "hops" | "line" | "col" => match arguments.integer(parameter.name)? {
                    Some(value) => value.to_string(),
                    None => parameter.default.to_string(),
                },
                "relation" => {
                    let name = arguments.text("relation")?.unwrap_or_default();
                    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                        return plan_err!("{}: '{name}' is no name of a relation", self.name);
                    }
                    name.to_string()
                }
                name => format!("'{}'", arguments.text(name)?.unwrap_or_default().replace('\'', "''")),
            };
            sql = sql.replace(&place, &value);
        }
        Ok(Arc::new(QuestionTable::new(self, sql)))
    }
}
