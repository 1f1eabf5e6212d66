//! Statements, in the order of CPython's `_fields`.

use ruff_python_ast::{Alias, Stmt};
use ruff_text_size::Ranged;

use super::vocabulary::{Field, Kind, operator};
use super::walk::{Place, Purpose, Value, Walk};
use crate::python::parse::block_end;

impl<'a, P: Purpose> Walk<'a, P> {
    /// Walks the statements of a block and gives the block's end: after the last statement, and after a semicolon that
    /// follows it, which belongs to the statements around a block but not to the last one in it.
    pub(super) fn body(&mut self, body: &'a [Stmt], field: Field) -> u32 {
        let mut end = 0;
        for (i, stmt) in body.iter().enumerate() {
            end = self.stmt(stmt, Place::at(field, i));
        }
        match body.last() {
            Some(Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::For(_) | Stmt::While(_) | Stmt::If(_)) => end,
            Some(Stmt::With(_) | Stmt::Match(_) | Stmt::Try(_)) | None => end,
            Some(_) => block_end(self.text, end),
        }
    }

    /// Walks a statement and gives its end.
    fn stmt(&mut self, stmt: &'a Stmt, place: Place) -> u32 {
        if !self.enter() {
            return stmt.end().to_u32();
        }
        let end = self.any_stmt(stmt, place);
        self.leave();
        end
    }

    fn any_stmt(&mut self, stmt: &'a Stmt, place: Place) -> u32 {
        match stmt {
            Stmt::FunctionDef(s) => return self.function(s, place),
            Stmt::ClassDef(s) => return self.class(s, place),
            Stmt::If(s) => return self.if_chain(s, place),
            Stmt::Try(s) => return self.try_stmt(s, place),
            Stmt::Match(s) => return self.match_stmt(s, place),
            Stmt::For(s) => return self.for_stmt(s, place),
            Stmt::While(s) => return self.while_stmt(s, place),
            Stmt::With(s) => return self.with_stmt(s, place),
            simple => self.simple_stmt(simple, place),
        }
        stmt.end().to_u32()
    }

    fn simple_stmt(&mut self, stmt: &'a Stmt, place: Place) {
        match stmt {
            Stmt::Expr(s) => {
                let open = self.open(Kind::Expr, place, Some(s.range), Some(&s.node_index));
                self.expr(&s.value, Place::only(Field::Value));
                self.close(open);
            }
            Stmt::Assign(s) => {
                let open = self.open(Kind::Assign, place, Some(s.range), Some(&s.node_index));
                self.exprs(&s.targets, Field::Targets);
                self.expr(&s.value, Place::only(Field::Value));
                self.close(open);
            }
            Stmt::Return(s) => {
                let open = self.open(Kind::Return, place, Some(s.range), Some(&s.node_index));
                self.optional(s.value.as_deref(), Field::Value);
                self.close(open);
            }
            Stmt::AugAssign(s) => {
                let open = self.open(Kind::AugAssign, place, Some(s.range), Some(&s.node_index));
                self.value(open.id, Value::Text(operator(s.op)));
                self.expr(&s.target, Place::only(Field::Target));
                self.expr(&s.value, Place::only(Field::Value));
                self.close(open);
            }
            Stmt::AnnAssign(s) => {
                let open = self.open(Kind::AnnAssign, place, Some(s.range), Some(&s.node_index));
                self.expr(&s.target, Place::only(Field::Target));
                self.expr(&s.annotation, Place::only(Field::Annotation));
                self.optional(s.value.as_deref(), Field::Value);
                self.close(open);
            }
            Stmt::TypeAlias(s) => {
                let open = self.open(Kind::TypeAlias, place, Some(s.range), Some(&s.node_index));
                self.expr(&s.name, Place::only(Field::Name));
                self.type_params(s.type_params.as_deref());
                self.expr(&s.value, Place::only(Field::Value));
                self.close(open);
            }
            Stmt::Delete(s) => {
                let open = self.open(Kind::Delete, place, Some(s.range), Some(&s.node_index));
                self.exprs(&s.targets, Field::Targets);
                self.close(open);
            }
            Stmt::Raise(s) => {
                let open = self.open(Kind::Raise, place, Some(s.range), Some(&s.node_index));
                self.optional(s.exc.as_deref(), Field::Exc);
                self.optional(s.cause.as_deref(), Field::Cause);
                self.close(open);
            }
            Stmt::Assert(s) => {
                let open = self.open(Kind::Assert, place, Some(s.range), Some(&s.node_index));
                self.expr(&s.test, Place::only(Field::Test));
                self.optional(s.msg.as_deref(), Field::Msg);
                self.close(open);
            }
            Stmt::Import(s) => {
                let open = self.open(Kind::Import, place, Some(s.range), Some(&s.node_index));
                self.aliases(&s.names);
                self.close(open);
            }
            Stmt::ImportFrom(s) => {
                let open = self.open(Kind::ImportFrom, place, Some(s.range), Some(&s.node_index));
                if let Some(module) = &s.module {
                    self.name(open.id, module.as_str());
                }
                self.value(open.id, Value::Level(s.level));
                self.aliases(&s.names);
                self.close(open);
            }
            Stmt::Global(s) => _ = self.leaf(Kind::Global, place, s),
            Stmt::Nonlocal(s) => _ = self.leaf(Kind::Nonlocal, place, s),
            Stmt::Pass(s) => _ = self.leaf(Kind::Pass, place, s),
            Stmt::Break(s) => _ = self.leaf(Kind::Break, place, s),
            Stmt::Continue(s) => _ = self.leaf(Kind::Continue, place, s),
            // Only notebooks have these, and those are not read.
            Stmt::IpyEscapeCommand(_) => {}
            // Compound statements, which the caller has dealt with.
            _ => {}
        }
    }

    fn aliases(&mut self, names: &'a [Alias]) {
        for (i, alias) in names.iter().enumerate() {
            let id = self.leaf(Kind::Alias, Place::at(Field::Names, i), alias);
            self.name(id, alias.name.as_str());
            if let Some(asname) = &alias.asname {
                self.value(id, Value::Text(asname.as_str()));
            }
        }
    }
}
