//! What a function is, written once: its signature, planning errors, documentation, inventory and page come from it.

mod class;
mod parameter;

use datafusion_common::arrow::datatypes::{DataType, FieldRef};
use datafusion_common::{Result, ScalarValue, plan_err};
use datafusion_expr::{Coercion, DocSection, Documentation, Signature, TypeSignature, Volatility};

pub use class::Class;
pub(crate) use class::{is_ordered, span_fields, span_type};
pub use parameter::Parameter;

/// What kind of function it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A value per row.
    Scalar,
    /// A value per group, and per frame of a window.
    Aggregate,
    /// A value per row of a window's partition.
    Window,
}

impl Kind {
    /// Its name: `scalar`, `aggregate` or `window`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Aggregate => "aggregate",
            Self::Window => "window",
        }
    }
}

/// The description of a function. All functions are immutable: equal arguments give equal results, ever.
#[derive(Debug)]
pub struct Spec {
    /// Its SQL name.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// What it is about: the heading under which it is listed.
    pub section: &'static str,
    /// Its parameters, in order: required ones, then those with defaults; the last may be variadic.
    pub parameters: &'static [Parameter],
    /// The type of what it gives.
    pub returns: &'static str,
    /// What it gives: whole sentences, the first one a summary.
    pub description: &'static str,
    /// What becomes of nulls: whole sentences.
    pub nulls: &'static str,
    /// A statement that runs by itself.
    pub example: &'static str,
    /// The version that has it first.
    pub since: &'static str,
}

impl Spec {
    /// `name(a, b => 'x', part, ...)`: how errors and pages show it.
    pub fn signature_text(&self) -> String {
        let parameters: Vec<_> = self.parameters.iter().map(Parameter::text).collect();
        format!("{}({})", self.name, parameters.join(", "))
    }

    /// The signature for the engine: names of arguments are resolved by it, types by [`Self::coerce`].
    ///
    /// The engine takes the first alternative. The second leaves a call without arguments to [`Self::check`]; the third is
    /// an example of a call, by which `information_schema` and `SHOW FUNCTIONS` have the function with all its parameters.
    pub(crate) fn signature(&self) -> Signature {
        let classes = || self.parameters.iter().map(|p| p.class);
        // The engine takes the types of an example of plain ones as they are. Beside an exact one it casts as it would itself, and no
        // unsigned number to `Int64`; but structs and maps have no other example.
        let plain: Option<Vec<_>> = classes().map(|c| c.plain_example().map(Coercion::new_exact)).collect();
        let example = match plain {
            Some(plain) => TypeSignature::Coercible(plain),
            None => TypeSignature::Exact(classes().map(Class::example).collect()),
        };
        let alternatives = vec![TypeSignature::UserDefined, TypeSignature::Nullary, example];
        let mut signature = Signature::one_of(alternatives, Volatility::Immutable);
        signature.parameter_names = Some(self.parameters.iter().map(|p| p.name.to_string()).collect());
        signature
    }

    /// The documentation for the engine: `information_schema` and `SHOW FUNCTIONS` show it.
    pub(crate) fn documentation(&self) -> Documentation {
        let section = DocSection {
            include: true,
            label: self.section,
            description: None,
        };
        let description = format!("{} {}", self.description, self.nulls);
        let documentation =
            Documentation::builder(section, description, self.signature_text()).with_sql_example(self.example);
        let parameters = self.parameters.iter();
        parameters
            .fold(documentation, |documentation, p| {
                documentation.with_argument(p.name, p.description())
            })
            .build()
    }

    /// The parameter of an argument.
    fn parameter(&self, argument: usize) -> Option<&Parameter> {
        let last = self.parameters.last().filter(|p| p.variadic);
        self.parameters.get(argument).or(last)
    }

    /// The types that arguments are cast to. What does not fit stays: [`Self::check`] says so, better than the engine would.
    pub(crate) fn coerce(&self, types: &[DataType]) -> Vec<DataType> {
        let coerced = |(i, ty): (usize, &DataType)| match self.parameter(i) {
            // What is collected is of a plain type.
            Some(Parameter { class: Class::Text, .. }) if self.kind != Kind::Scalar && is_dictionary(ty) => {
                DataType::Utf8View
            }
            // A null in place of an argument with a default stands for the default.
            Some(parameter) if !(ty.is_null() && parameter.default.is_some()) => parameter.class.coerce(ty),
            _ => ty.clone(),
        };
        types.iter().enumerate().map(coerced).collect()
    }

    /// Fails unless the arguments fit the parameters, by number and type.
    pub(crate) fn check(&self, types: &[DataType]) -> Result<()> {
        for (i, ty) in types.iter().enumerate() {
            let Some(parameter) = self.parameter(i) else {
                return plan_err!(
                    "{}: {} arguments are too many; the function is {}",
                    self.name,
                    types.len(),
                    self.signature_text()
                );
            };
            if !(parameter.class.takes(ty) || (parameter.default.is_some() && ty.is_null())) {
                return plan_err!(
                    "{}: the argument {} must be {}, not {ty}; the function is {}",
                    self.name,
                    parameter.name,
                    parameter.class.words(),
                    self.signature_text()
                );
            }
        }
        match self.parameters.get(types.len()).filter(|p| p.default.is_none()) {
            Some(missing) => plan_err!(
                "{}: the argument {} is missing; the function is {}",
                self.name,
                missing.name,
                self.signature_text()
            ),
            None => Ok(()),
        }
    }

    /// As [`Self::check`], for fields.
    pub(crate) fn check_fields(&self, fields: &[FieldRef]) -> Result<()> {
        let types: Vec<_> = fields.iter().map(|f| f.data_type().clone()).collect();
        self.check(&types)
    }

    /// The text that a literal argument chooses from the words of its parameter; the default where it is left out or null.
    pub(crate) fn choice(&self, argument: usize, value: Option<&ScalarValue>, given: bool) -> Result<&'static str> {
        let Some(parameter) = self.parameters.get(argument) else {
            return Ok("");
        };
        let (Class::Choice(words), Some(default)) = (parameter.class, parameter.default) else {
            return Ok("");
        };
        let default = default.trim_matches('\'');
        if !given {
            return Ok(default);
        }
        let text = match value.map(ScalarValue::try_as_str) {
            Some(Some(text)) => text,
            Some(None) if value.is_some_and(ScalarValue::is_null) => None,
            _ => {
                return plan_err!(
                    "{}: the argument {} must be a literal; the function is {}",
                    self.name,
                    parameter.name,
                    self.signature_text()
                );
            }
        };
        match text {
            None => Ok(default),
            Some(text) => match words.iter().find(|w| **w == text) {
                Some(word) => Ok(word),
                None => plan_err!(
                    "{}: the argument {} is '{}', not '{text}'; the function is {}",
                    self.name,
                    parameter.name,
                    words.join("' or '"),
                    self.signature_text()
                ),
            },
        }
    }
}

fn is_dictionary(ty: &DataType) -> bool {
    matches!(ty, DataType::Dictionary(..))
}
