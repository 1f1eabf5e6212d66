//! The arguments of a table function, checked against its parameters.

use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::Expr;

/// A parameter of a table function.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name, in lower case.
    pub name: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// How errors and listings show what an argument that is left out stands for.
    pub default: &'static str,
    /// What it is, in a few words.
    pub doc: &'static str,
}

impl Parameter {
    /// One that must be given.
    pub const fn required(name: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            required: true,
            default: "",
            doc,
        }
    }

    /// One that may be left out.
    pub const fn optional(name: &'static str, doc: &'static str) -> Self {
        Self::with_default(name, "NULL", doc)
    }

    /// One that may be left out, and stands for `default` then.
    pub const fn with_default(name: &'static str, default: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            required: false,
            default,
            doc,
        }
    }
}

/// `name(a, b => NULL)`: how errors show what a function takes.
pub(crate) fn signature(function: &str, parameters: &[Parameter]) -> String {
    let show = |p: &Parameter| {
        if p.required {
            p.name.to_string()
        } else {
            format!("{} => {}", p.name, p.default)
        }
    };
    format!(
        "{function}({})",
        parameters.iter().map(show).collect::<Vec<_>>().join(", ")
    )
}

/// Arguments in the order of the parameters; a null stands for one that was left out.
#[derive(Debug)]
pub struct Arguments<'a> {
    function: &'a str,
    parameters: &'static [Parameter],
    values: Vec<Option<ScalarValue>>,
}

impl<'a> Arguments<'a> {
    /// Checks their number, that they are literals, and that the required ones are there.
    pub(crate) fn try_new(function: &'a str, parameters: &'static [Parameter], exprs: &[Expr]) -> Result<Self> {
        let signature = signature(function, parameters);
        if exprs.len() > parameters.len() {
            return plan_err!(
                "{function}: {} arguments are too many; the function is {signature}",
                exprs.len()
            );
        }
        let mut values = Vec::with_capacity(parameters.len());
        for (i, parameter) in parameters.iter().enumerate() {
            let value = match exprs.get(i) {
                Some(Expr::Literal(value, _)) => Some(value.clone()).filter(|v| !v.is_null()),
                Some(other) => {
                    let name = parameter.name;
                    return plan_err!(
                        "{function}: the argument {name} must be a literal, not {other}; the function is {signature}"
                    );
                }
                None => None,
            };
            if value.is_none() && parameter.required {
                return plan_err!(
                    "{function}: the argument {} is missing; the function is {signature}",
                    parameter.name
                );
            }
            values.push(value);
        }
        Ok(Self {
            function,
            parameters,
            values,
        })
    }

    /// Of values that are known already.
    pub(super) fn of_values(
        function: &'a str,
        parameters: &'static [Parameter],
        values: Vec<Option<ScalarValue>>,
    ) -> Self {
        Self {
            function,
            parameters,
            values,
        }
    }

    /// The name of the function.
    pub(crate) fn function(&self) -> &str {
        self.function
    }

    /// How errors show the function.
    pub fn signature(&self) -> String {
        signature(self.function, self.parameters)
    }

    /// An optional text.
    pub fn text(&self, name: &str) -> Result<Option<&str>> {
        self.get(name).map(|value| self.as_text(name, value)).transpose()
    }

    /// Whether a list was given.
    pub fn is_list(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.data_type().is_list())
    }

    /// An optional text or list of texts; left out, it is empty.
    pub fn texts(&self, name: &str) -> Result<Vec<String>> {
        let Some(value) = self.get(name) else { return Ok(vec![]) };
        let list = match value {
            ScalarValue::List(list) => list.values(),
            ScalarValue::LargeList(list) => list.values(),
            ScalarValue::FixedSizeList(list) => list.values(),
            text => return Ok(vec![self.as_text(name, text)?.to_string()]),
        };
        let items = (0..list.len()).map(|i| ScalarValue::try_from_array(list, i));
        items.map(|item| Ok(self.as_text(name, &item?)?.to_string())).collect()
    }

    /// An optional non-negative integer.
    pub fn integer(&self, name: &str) -> Result<Option<u64>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.cast_to(&datafusion::arrow::datatypes::DataType::UInt64) {
            Ok(ScalarValue::UInt64(Some(n))) if value.data_type().is_integer() => Ok(Some(n)),
            _ => plan_err!(
                "{}: the argument {name} must be a non-negative integer, not {value}; the function is {}",
                self.function,
                self.signature()
            ),
        }
    }

    /// An optional truth value.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>> {
        match self.get(name) {
            None => Ok(None),
            Some(ScalarValue::Boolean(value)) => Ok(*value),
            Some(value) => plan_err!(
                "{}: the argument {name} must be true or false, not {value}; the function is {}",
                self.function,
                self.signature()
            ),
        }
    }

    /// An optional text that is one of `choices`.
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match choices.iter().find(|(choice, _)| *choice == text) {
            Some((_, value)) => Ok(Some(*value)),
            None => plan_err!(
                "{}: the argument {name} is '{}', not '{text}'; the function is {}",
                self.function,
                choices.iter().map(|(c, _)| *c).collect::<Vec<_>>().join("' or '"),
                self.signature()
            ),
        }
    }

    fn get(&self, name: &str) -> Option<&ScalarValue> {
        let i = self.parameters.iter().position(|p| p.name == name)?;
        self.values[i].as_ref()
    }

    fn as_text<'v>(&self, name: &str, value: &'v ScalarValue) -> Result<&'v str> {
        match value.try_as_str() {
            Some(Some(text)) => Ok(text),
            _ => plan_err!(
                "{}: the argument {name} must be text, not {value} ({}); the function is {}",
                self.function,
                value.data_type(),
                self.signature()
            ),
        }
    }
}
