//! A parameter of a function.

use super::Class;

/// A parameter of a function.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name, for `name => value`.
    pub name: &'static str,
    /// What it takes.
    pub class: Class,
    /// What an argument that is left out, or null, stands for, in SQL. None if it is required.
    pub default: Option<&'static str>,
    /// Whether any number of arguments may stand here, one at least unless it has a default.
    pub variadic: bool,
    /// What it means, a sentence.
    pub doc: &'static str,
}

impl Parameter {
    /// One that has to be given.
    pub(crate) const fn required(name: &'static str, class: Class, doc: &'static str) -> Self {
        Self {
            name,
            class,
            default: None,
            variadic: false,
            doc,
        }
    }

    /// One that may be left out.
    pub(crate) const fn optional(name: &'static str, class: Class, default: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            class,
            default: Some(default),
            variadic: false,
            doc,
        }
    }

    /// The last one, one or more times.
    pub(crate) const fn variadic(name: &'static str, class: Class, doc: &'static str) -> Self {
        Self {
            name,
            class,
            default: None,
            variadic: true,
            doc,
        }
    }

    /// The last one, any number of times.
    pub(crate) const fn variadic_or_none(name: &'static str, class: Class, doc: &'static str) -> Self {
        Self {
            name,
            class,
            default: Some(""),
            variadic: true,
            doc,
        }
    }

    /// How signatures show it.
    pub(crate) fn text(&self) -> String {
        match self.default {
            _ if self.variadic => format!("{}, ...", self.name),
            Some(default) => format!("{} => {default}", self.name),
            None => self.name.to_string(),
        }
    }

    /// What it means, what it takes and what stands for it where it is left out.
    pub fn description(&self) -> String {
        let words = self.class.words();
        match self.default {
            Some(default) if !self.variadic => format!("{} It is {words}; left out or null, {default}.", self.doc),
            _ => format!("{} It is {words}.", self.doc),
        }
    }
}
