//! Expressions, in the order of CPython's `_fields`.

use ruff_python_ast::{Comprehension, Expr, ExprContext, ExprDict, ExprGenerator};
use ruff_text_size::{Ranged, TextRange};

use super::vocabulary::{Context, Field, Kind, bool_operator, operator, unary_operator};
use super::walk::{Open, Place, Purpose, Value, Walk};

impl<'a, P: Purpose> Walk<'a, P> {
    /// Walks a list of expressions.
    pub(super) fn exprs(&mut self, exprs: &'a [Expr], field: Field) {
        for (i, expr) in exprs.iter().enumerate() {
            self.expr(expr, Place::at(field, i));
        }
    }

    /// Walks an expression that may be missing.
    pub(super) fn optional(&mut self, expr: Option<&'a Expr>, field: Field) {
        if let Some(expr) = expr {
            self.expr(expr, Place::only(field));
        }
    }

    /// Walks an expression. This is the function that recurses deepest, so its frame is kept small: the arms that need
    /// room are functions of their own.
    pub(super) fn expr(&mut self, expr: &'a Expr, place: Place) {
        match expr {
            Expr::Name(e) => {
                let id = self.leaf(Kind::Name, place, e);
                self.name(id, e.id.as_str());
                self.amend(id, |n| n.ctx = Context::of(e.ctx));
            }
            Expr::NumberLiteral(e) => self.constant(place, e),
            Expr::BooleanLiteral(e) => self.constant(place, e),
            Expr::NoneLiteral(e) => self.constant(place, e),
            Expr::EllipsisLiteral(e) => self.constant(place, e),
            Expr::StringLiteral(e) => self.constant(place, e),
            Expr::BytesLiteral(e) => self.constant(place, e),
            _ => {
                if self.enter() {
                    self.branch(expr, place);
                    self.leave();
                }
            }
        }
    }

    fn constant(&mut self, place: Place, node: &'a (impl Ranged + ruff_python_ast::HasNodeIndex)) {
        let id = self.leaf(Kind::Constant, place, node);
        self.value(id, Value::Source);
    }

    #[inline]
    fn begin(&mut self, kind: Kind, place: Place, node: &'a (impl Ranged + ruff_python_ast::HasNodeIndex)) -> Open {
        self.open(kind, place, Some(node.range()), Some(node.node_index()))
    }

    #[inline]
    fn begin_in(
        &mut self,
        kind: Kind,
        place: Place,
        node: &'a (impl Ranged + ruff_python_ast::HasNodeIndex),
        ctx: ExprContext,
    ) -> Open {
        let open = self.begin(kind, place, node);
        self.amend(open.id, |n| n.ctx = Context::of(ctx));
        open
    }

    fn branch(&mut self, expr: &'a Expr, place: Place) {
        let open = match expr {
            Expr::Attribute(e) => {
                let open = self.begin_in(Kind::Attribute, place, e, e.ctx);
                self.name(open.id, e.attr.as_str());
                self.expr(&e.value, Place::only(Field::Value));
                open
            }
            Expr::Call(e) => {
                let open = self.begin(Kind::Call, place, e);
                self.expr(&e.func, Place::only(Field::Func));
                self.arguments(&e.arguments, Field::Args);
                open
            }
            Expr::Subscript(e) => {
                let open = self.begin_in(Kind::Subscript, place, e, e.ctx);
                self.expr(&e.value, Place::only(Field::Value));
                self.expr(&e.slice, Place::only(Field::Slice));
                open
            }
            Expr::BinOp(e) => {
                let open = self.begin(Kind::BinOp, place, e);
                self.value(open.id, Value::Text(operator(e.op)));
                self.expr(&e.left, Place::only(Field::Left));
                self.expr(&e.right, Place::only(Field::Right));
                open
            }
            Expr::UnaryOp(e) => {
                let open = self.begin(Kind::UnaryOp, place, e);
                self.value(open.id, Value::Text(unary_operator(e.op)));
                self.expr(&e.operand, Place::only(Field::Operand));
                open
            }
            Expr::BoolOp(e) => {
                let open = self.begin(Kind::BoolOp, place, e);
                self.value(open.id, Value::Text(bool_operator(e.op)));
                self.exprs(&e.values, Field::Values);
                open
            }
            Expr::Compare(e) => {
                let open = self.begin(Kind::Compare, place, e);
                self.value(open.id, Value::Comparisons(&e.ops));
                self.expr(&e.left, Place::only(Field::Left));
                self.exprs(&e.comparators, Field::Comparators);
                open
            }
            Expr::Tuple(e) => {
                let open = self.begin_in(Kind::Tuple, place, e, e.ctx);
                self.exprs(&e.elts, Field::Elts);
                open
            }
            Expr::List(e) => {
                let open = self.begin_in(Kind::List, place, e, e.ctx);
                self.exprs(&e.elts, Field::Elts);
                open
            }
            Expr::Set(e) => {
                let open = self.begin(Kind::Set, place, e);
                self.exprs(&e.elts, Field::Elts);
                open
            }
            Expr::Starred(e) => {
                let open = self.begin_in(Kind::Starred, place, e, e.ctx);
                self.expr(&e.value, Place::only(Field::Value));
                open
            }
            Expr::Named(e) => {
                let open = self.begin(Kind::NamedExpr, place, e);
                self.expr(&e.target, Place::only(Field::Target));
                self.expr(&e.value, Place::only(Field::Value));
                open
            }
            Expr::Lambda(e) => {
                let open = self.begin(Kind::Lambda, place, e);
                self.parameters(e.parameters.as_deref());
                self.expr(&e.body, Place::only(Field::Body));
                open
            }
            Expr::If(e) => {
                let open = self.begin(Kind::IfExp, place, e);
                self.expr(&e.test, Place::only(Field::Test));
                self.expr(&e.body, Place::only(Field::Body));
                self.expr(&e.orelse, Place::only(Field::Orelse));
                open
            }
            Expr::Slice(e) => {
                let open = self.begin(Kind::Slice, place, e);
                self.optional(e.lower.as_deref(), Field::Lower);
                self.optional(e.upper.as_deref(), Field::Upper);
                self.optional(e.step.as_deref(), Field::Step);
                open
            }
            Expr::Await(e) => {
                let open = self.begin(Kind::Await, place, e);
                self.expr(&e.value, Place::only(Field::Value));
                open
            }
            Expr::Yield(e) => {
                let open = self.begin(Kind::Yield, place, e);
                self.optional(e.value.as_deref(), Field::Value);
                open
            }
            Expr::YieldFrom(e) => {
                let open = self.begin(Kind::YieldFrom, place, e);
                self.expr(&e.value, Place::only(Field::Value));
                open
            }
            Expr::Dict(e) => return self.dict(e, place),
            Expr::Generator(e) => return self.generator(e, place, e.range),
            Expr::ListComp(e) => {
                let open = self.begin(Kind::ListComp, place, e);
                self.expr(&e.elt, Place::only(Field::Elt));
                self.comprehensions(&e.generators);
                open
            }
            Expr::SetComp(e) => {
                let open = self.begin(Kind::SetComp, place, e);
                self.expr(&e.elt, Place::only(Field::Elt));
                self.comprehensions(&e.generators);
                open
            }
            Expr::DictComp(e) => {
                let open = self.begin(Kind::DictComp, place, e);
                self.optional(e.key.as_deref(), Field::Key);
                self.expr(&e.value, Place::only(Field::Value));
                self.comprehensions(&e.generators);
                open
            }
            Expr::FString(e) => return self.f_string(e, place),
            Expr::TString(e) => return self.t_string(e, place),
            // Leaves, which the caller has dealt with, and the escape commands of notebooks, which are not read.
            _ => return,
        };
        self.close(open);
    }

    #[inline(never)]
    fn dict(&mut self, e: &'a ExprDict, place: Place) {
        let open = self.begin(Kind::Dict, place, e);
        for (i, item) in e.items.iter().enumerate() {
            if let Some(key) = &item.key {
                self.expr(key, Place::at(Field::Keys, i));
            }
        }
        for (i, item) in e.items.iter().enumerate() {
            self.expr(&item.value, Place::at(Field::Values, i));
        }
        self.close(open);
    }

    /// Walks a generator, which stands at `range`.
    #[inline(never)]
    pub(super) fn generator(&mut self, e: &'a ExprGenerator, place: Place, range: TextRange) {
        let open = self.open(Kind::GeneratorExp, place, Some(range), Some(&e.node_index));
        self.expr(&e.elt, Place::only(Field::Elt));
        self.comprehensions(&e.generators);
        self.close(open);
    }

    #[inline(never)]
    fn comprehensions(&mut self, generators: &'a [Comprehension]) {
        for (i, c) in generators.iter().enumerate() {
            let open = self.open(
                Kind::Comprehension,
                Place::at(Field::Generators, i),
                None,
                Some(&c.node_index),
            );
            self.expr(&c.target, Place::only(Field::Target));
            self.expr(&c.iter, Place::only(Field::Iter));
            self.exprs(&c.ifs, Field::Ifs);
            self.close(open);
        }
    }
}
