//! Arguments of calls and parameters of functions, in the order of CPython's `_fields`.

use ruff_python_ast::{Arguments, Expr, Parameter, ParameterWithDefault, Parameters};
use ruff_text_size::{Ranged, TextRange};

use super::vocabulary::{Field, Kind};
use super::walk::{Place, Purpose, Walk};

impl<'a, P: Purpose> Walk<'a, P> {
    /// Walks the arguments of a call, or the bases of a class: the positional ones into `field`, then the keywords.
    pub(super) fn arguments(&mut self, arguments: &'a Arguments, field: Field) {
        match (&*arguments.args, &*arguments.keywords) {
            // The parentheses of the call are those of the generator.
            ([Expr::Generator(e)], []) if !e.parenthesized => {
                if self.enter() {
                    self.generator(e, Place::at(field, 0), arguments.range);
                    self.leave();
                }
            }
            (args, _) => self.exprs(args, field),
        }
        for (i, keyword) in arguments.keywords.iter().enumerate() {
            let place = Place::at(Field::Keywords, i);
            let open = self.open(Kind::Keyword, place, Some(keyword.range), Some(&keyword.node_index));
            if let Some(arg) = &keyword.arg {
                self.name(open.id, arg.as_str());
            }
            self.expr(&keyword.value, Place::only(Field::Value));
            self.close(open);
        }
    }

    /// Walks parameters; without any, as in `lambda: x`, there is an empty `arguments`.
    pub(super) fn parameters(&mut self, parameters: Option<&'a Parameters>) {
        let place = Place::only(Field::Args);
        let open = self.open(Kind::Arguments, place, None, parameters.map(|p| &p.node_index));
        if let Some(p) = parameters {
            self.list(&p.posonlyargs, Field::Posonlyargs);
            self.list(&p.args, Field::Args);
            self.variadic(p.vararg.as_deref(), Field::Vararg);
            self.list(&p.kwonlyargs, Field::Kwonlyargs);
            for (i, parameter) in p.kwonlyargs.iter().enumerate() {
                if let Some(default) = &parameter.default {
                    self.expr(default, Place::at(Field::KwDefaults, i));
                }
            }
            self.variadic(p.kwarg.as_deref(), Field::Kwarg);
            let defaults = p.posonlyargs.iter().chain(&p.args).filter_map(|p| p.default.as_deref());
            for (i, default) in defaults.enumerate() {
                self.expr(default, Place::at(Field::Defaults, i));
            }
        }
        self.close(open);
    }

    fn list(&mut self, parameters: &'a [ParameterWithDefault], field: Field) {
        for (i, p) in parameters.iter().enumerate() {
            self.parameter(&p.parameter, Place::at(field, i), p.parameter.range);
        }
    }

    /// `*args` begins at its name in CPython.
    fn variadic(&mut self, parameter: Option<&'a Parameter>, field: Field) {
        if let Some(p) = parameter {
            let range = TextRange::new(p.name.start().min(p.end()), p.end());
            self.parameter(p, Place::only(field), range);
        }
    }

    fn parameter(&mut self, parameter: &'a Parameter, place: Place, range: TextRange) {
        let open = self.open(Kind::Arg, place, Some(range), Some(&parameter.node_index));
        self.name(open.id, parameter.name.as_str());
        self.optional(parameter.annotation.as_deref(), Field::Annotation);
        self.close(open);
    }
}
