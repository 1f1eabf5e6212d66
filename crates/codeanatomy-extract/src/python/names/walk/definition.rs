//! Functions and classes.

use ruff_python_ast::{Arguments, Decorator, Expr, Keyword, Parameter, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Walk;
use crate::python::names::facts::{Base, CallRole, Decorated, Definition, DefinitionNode, node_id};
use crate::python::names::text::skip_trivia;
use crate::python::names::value::unstarred;
use crate::python::parse::block_end;
use crate::python::scope::{BindingKind, Flags, NameId, Opening, ScopeKind, SymbolId};

impl<'a> Walk<'a> {
    #[inline(never)]
    pub(super) fn function(&mut self, node: &'a StmtFunctionDef) {
        let symbol = self.bind(&node.name, Flags::LOCAL, BindingKind::Function);
        let range = self.definition_range(&node.decorator_list, node.range);
        let index = self.define(DefinitionNode::Function(node), node_id(&node.node_index), symbol, range);
        if !self.wants.outline {
            self.defaults(&node.parameters);
        }
        self.decorators(&node.decorator_list, index);
        if let Some(type_params) = &node.type_params {
            let name = node.name.as_str();
            self.enter_type_parameters(name, range, node_id(&node.node_index), None);
            // The scope takes the defaults as arguments, the positional ones even if there are none.
            self.define_implicit(".defaults", Flags::PARAMETER);
            if node.parameters.kwonlyargs.iter().any(|p| p.default.is_some()) {
                self.define_implicit(".kwdefaults", Flags::PARAMETER);
            }
            self.type_parameters(type_params);
        }
        self.signature(node, index);
        let receiver = self.receiver(node, index);
        let body = self.scopes.enter(Opening {
            kind: ScopeKind::Function,
            name: node.name.as_str(),
            node_id: node_id(&node.node_index),
            bstart: range.start().to_u32(),
            bend: range.end().to_u32(),
            definition: Some(index),
            receiver,
        });
        self.facts.definitions[index as usize].body = body;
        if !self.wants.outline {
            self.parameters(&node.parameters, node_id(&node.node_index), Some(index));
        }
        let outer = std::mem::take(&mut self.in_try);
        self.statements(&node.body);
        self.in_try = outer;
        self.scopes.exit();
        if node.type_params.is_some() {
            self.scopes.exit();
        }
    }

    #[inline(never)]
    pub(super) fn class(&mut self, node: &'a StmtClassDef) {
        let symbol = self.bind(&node.name, Flags::LOCAL, BindingKind::Class);
        let range = self.definition_range(&node.decorator_list, node.range);
        let index = self.define(DefinitionNode::Class(node), node_id(&node.node_index), symbol, range);
        let name = node.name.as_str();
        let outer = self.scopes.private;
        self.decorators(&node.decorator_list, index);
        if let Some(type_params) = &node.type_params {
            self.enter_type_parameters(name, range, node_id(&node.node_index), Some(name));
            self.type_parameters(type_params);
        }
        self.bases(node.arguments.as_deref(), index);
        let body = self.scopes.enter(Opening {
            kind: ScopeKind::Class,
            name,
            node_id: node_id(&node.node_index),
            bstart: range.start().to_u32(),
            bend: range.end().to_u32(),
            definition: Some(index),
            receiver: None,
        });
        self.facts.definitions[index as usize].body = body;
        self.scopes.private = Some(self.scopes.names.intern(name));
        if node.type_params.is_some() {
            self.define_implicit("__type_params__", Flags::LOCAL);
            self.define_implicit(".type_params", Flags::USE);
        }
        self.statements(&node.body);
        self.scopes.exit();
        if node.type_params.is_some() {
            self.scopes.exit();
        }
        self.scopes.private = outer;
    }

    fn decorators(&mut self, decorators: &'a [Decorator], definition: u32) {
        if self.wants.outline {
            return;
        }
        for (position, node) in decorators.iter().enumerate() {
            let root = match &node.expression {
                Expr::Call(call) => self.call(call, CallRole::Decorator),
                other => self.chain(other),
            };
            if self.wants.decorators {
                let (position, scope) = (position as u32, self.scopes.current());
                self.facts.decorators.push(Decorated {
                    definition,
                    position,
                    node,
                    scope,
                    root,
                });
            }
        }
    }

    fn bases(&mut self, arguments: Option<&'a Arguments>, definition: u32) {
        let Some(arguments) = arguments.filter(|_| !self.wants.outline) else {
            return;
        };
        for (i, node) in arguments.args.iter().enumerate() {
            let before = arguments.keywords.partition_point(|k| k.start() < node.start());
            self.base(definition, i + before, None, node);
        }
        for (i, keyword) in arguments.keywords.iter().enumerate() {
            let before = arguments.args.partition_point(|a| a.start() < keyword.start());
            self.base(definition, i + before, Some(keyword), &keyword.value);
        }
    }

    fn base(&mut self, definition: u32, position: usize, keyword: Option<&'a Keyword>, node: &'a Expr) {
        let root = self.headed(unstarred(node));
        if self.wants.bases {
            let (position, scope) = (position as u32, self.scopes.current());
            self.facts.bases.push(Base {
                definition,
                position,
                keyword,
                node,
                scope,
                root,
            });
        }
    }

    fn define(&mut self, node: DefinitionNode<'a>, node_id: u32, symbol: Option<SymbolId>, range: TextRange) -> u32 {
        let owner = self.scopes.current();
        let is_method =
            matches!(node, DefinitionNode::Function(_)) && self.scopes.scope(owner).kind == ScopeKind::Class;
        self.facts.definitions.push(Definition {
            node_id,
            node,
            is_method,
            owner,
            symbol,
            body: owner,
            range,
        });
        self.facts.definitions.len() as u32 - 1
    }

    /// The span of a definition as CPython has it, without decorators.
    fn definition_range(&mut self, decorators: &[Decorator], range: TextRange) -> TextRange {
        let start = decorators
            .last()
            .map_or(range.start(), |last| skip_trivia(self.text, last.end()));
        // Definitions that end together, one inside the other, follow each other.
        if self.last_end.0 != range.end() {
            self.last_end = (range.end(), TextSize::new(block_end(self.text, range.end().to_u32())));
        }
        let end = self.last_end.1;
        TextRange::new(start.min(end), end)
    }

    /// The first parameter of a method that is called on an instance or a class.
    fn receiver(&mut self, node: &'a StmtFunctionDef, definition: u32) -> Option<NameId> {
        let is_static = node.decorator_list.iter().any(|decorator| match &decorator.expression {
            Expr::Name(name) => name.id == "staticmethod",
            Expr::Attribute(attribute) => &*attribute.attr == "staticmethod",
            _ => false,
        });
        if is_static || !self.facts.definitions[definition as usize].is_method {
            return None;
        }
        let parameters = &node.parameters;
        let first: &Parameter = &parameters.posonlyargs.first().or(parameters.args.first())?.parameter;
        (!first.name.id.is_empty()).then(|| self.mangled(first.name.as_str()))
    }
}
