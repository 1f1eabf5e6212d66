//! What hooks do with a value.

use super::{LookUp, Made, Solver, Target};
use crate::program::{Hook, How, MethodKind, NONE};
use crate::value::{Value, Vid};

impl Solver {
    pub(super) fn fire(&mut self, hook: Hook, vid: Vid) {
        let value = self.values.get(vid);
        match hook {
            Hook::Load { name, to, at } => self.load(vid, name, to, at),
            Hook::Store { name, from, at } => self.store(vid, name, from, at),
            Hook::Index { key, to, at } => match value {
                Value::Container(container) => self.hook(key, Hook::IndexBy { container, to }),
                Value::Instance(_) => self.look_ups.push_back(LookUp::Method {
                    of: vid,
                    name: self.words.getitem,
                    operand: key,
                    second: NONE,
                    to,
                    at,
                    how: How::Operator,
                }),
                Value::Class(_) => {
                    self.add(to, vid);
                    if self.has_class_items {
                        self.look_ups.push_back(LookUp::Item { of: vid, key, to, at });
                    }
                }
                Value::More => self.add(to, vid),
                _ => {}
            },
            Hook::IndexLast { key, to, at, last } => match value {
                Value::Container(_) => self.copy(last, to),
                _ => self.fire(Hook::Index { key, to, at }, vid),
            },
            Hook::StoreIndex { key, from, at } => match value {
                Value::Container(container) => self.hook(key, Hook::StoreBy { container, from }),
                Value::Instance(_) => self.look_ups.push_back(LookUp::Method {
                    of: vid,
                    name: self.words.setitem,
                    operand: key,
                    second: from,
                    to: NONE,
                    at,
                    how: How::Operator,
                }),
                _ => {}
            },
            Hook::IndexBy { container, to } => self.read_slot(container, value, to),
            Hook::StoreBy { container, from } => self.write_slot(container, value, from),
            Hook::Slice {
                container,
                to,
                from,
                end,
            } => {
                if let Value::Container(of) = value {
                    self.add_value(to, Value::Container(container));
                    self.slice(of, container, from, end);
                }
            }
            Hook::Iterate { to, at } => self.iterate(vid, to, at),
            Hook::Next { to, at } => self.next(vid, to, at),
            Hook::Unpack { index, to, at } => match value {
                Value::Container(container) if !self.program.containers[container as usize].keyed => {
                    self.read_position(container, index, to);
                }
                _ => self.iterate(vid, to, at),
            },
            Hook::Rest {
                container,
                to,
                from,
                behind,
            } => {
                self.add_value(to, Value::Container(container));
                if let Value::Container(of) = value {
                    let length = self.program.containers[of as usize].length;
                    let end = length.map_or(i32::MAX, |l| l as i32 - behind);
                    self.slice(of, container, from, end);
                }
            }
            Hook::Call { site } => self.call(site, vid),
            Hook::Raise { site } => {
                if let Value::Class(class) = value {
                    self.instantiate(site, class);
                }
            }
            Hook::Bind { receiver, to, at } => self.bind(vid, receiver, to, at),
            Hook::Init { site, class } => {
                if let Value::Function(function) = value {
                    self.target(site, Target::Constructor(function));
                    let instance = self.values.intern(Value::Instance(class));
                    self.link(site, function, Some(instance));
                }
            }
            Hook::New { site, class } => {
                let function = match value {
                    Value::Static(inner) => self.values.get(inner),
                    value => value,
                };
                if let Value::Function(function) = function {
                    self.target(site, Target::Constructor(function));
                    let class = self.values.intern(Value::Class(class));
                    self.link(site, function, Some(class));
                }
            }
            Hook::InstanceOf { to } => match value {
                Value::Class(class) => self.add_value(to, Value::Instance(class)),
                Value::External(dotted) if is_form(self.program.names.text(dotted)) => {}
                Value::External(_) => self.add(to, vid),
                Value::Container(container) => {
                    let of = self.var_with(Made::Classes { to }, hook);
                    self.all_slots(container, of);
                }
                _ => {}
            },
            Hook::Base { class, index } => self.add_base(class, index, value),
            Hook::Enter { to, at } => match value {
                Value::Instance(_) => self.look_ups.push_back(LookUp::Enter { of: vid, to, at }),
                Value::Generator(_) => self.iterate(vid, to, at),
                Value::External(_) => self.add(to, vid),
                _ => {}
            },
            Hook::Containers { to } => {
                if let Value::Container(_) = value {
                    self.add(to, vid);
                }
            }
            Hook::Operator { name, operand, to, at } => {
                let has_methods =
                    matches!(value, Value::Instance(_)) || (self.program.has_metas && matches!(value, Value::Class(_)));
                if has_methods {
                    self.look_ups.push_back(LookUp::Method {
                        of: vid,
                        name,
                        operand,
                        second: NONE,
                        to,
                        at,
                        how: How::Operator,
                    });
                }
            }
            Hook::LoadBy { of, to, at } => {
                if let Some(name) = self.attribute_of_key(value) {
                    self.hook(of, Hook::Load { name, to, at });
                }
            }
            Hook::SetBy { of, from, at } => {
                if let Some(name) = self.attribute_of_key(value) {
                    self.program.stored.insert(name);
                    self.hook(of, Hook::Store { name, from, at });
                }
            }
            Hook::CopyInto { container } => {
                if let Value::Container(of) = value {
                    self.copy_slots(of, container);
                }
            }
            Hook::Keywords { function } => {
                if let Value::Container(of) = value {
                    self.keywords(of, function);
                }
            }
            Hook::TypeOf { to } => {
                if let Value::Instance(class) = value {
                    self.add_value(to, Value::Class(class));
                }
            }
            Hook::Wrap { kind, to } => {
                let value = match kind {
                    MethodKind::Static => Value::Static(vid),
                    MethodKind::Class => Value::ClassMethod(vid),
                    MethodKind::Instance | MethodKind::None => Value::Property(vid),
                };
                self.add_value(to, value);
            }
            Hook::BindStore { receiver, from, at } => self.set_property(vid, receiver, from, at),
            Hook::Factory { to } => {
                if let Value::Builtin(name) = value {
                    let keyed = match self.program.names.text(name) {
                        "dict" => true,
                        "list" | "set" => false,
                        _ => return,
                    };
                    let container = self.container(Made::Factory { to, name }, keyed);
                    self.add_value(to, Value::Container(container));
                }
            }
            Hook::SuperOf { class, to } => self.super_value(class, vid, to),
            Hook::Subclass { to, at } => {
                if let Value::Class(class) = value {
                    let of = self.values.intern(Value::Super(class, vid));
                    let name = self.words.init_subclass;
                    self.look_ups.push_back(LookUp::Load { of, name, to, at });
                    self.look_ups.push_back(LookUp::Made { class });
                }
            }
            Hook::Meta { class } => self.add_meta(class, value),
            Hook::MetaCall { site, receiver } => self.call_with(site, vid, receiver),
            Hook::BindMeta { receiver, to, at } => self.bind_meta(vid, receiver, to, at),
            Hook::Decorated { own, to } => {
                // Another definition comes from another use of the decorator, which calls are not told apart for.
                let is_other = value != Value::Function(own) && self.program.decorated.contains(&value);
                if !is_other {
                    self.add(to, vid);
                }
            }
            Hook::SameClass { own, to } => {
                // Of more than is kept, it may be one.
                if matches!(value, Value::More) || value == Value::Class(own) {
                    self.add_value(to, Value::Class(own));
                }
            }
            Hook::LoadStar { name, to, at } => {
                if let Value::Module(module) = value {
                    self.load_of_module(module, name, to, at, false);
                }
            }
            Hook::Delegate { to, sent } => {
                if let Value::Generator(function) = value {
                    let inner = &self.program.functions[function as usize];
                    let (result, into) = (inner.result, inner.sent);
                    self.copy(result, to);
                    if let Some(into) = into {
                        self.copy(sent, into);
                    }
                }
            }
            Hook::Generic { to } => self.make_generic(vid, to),
            Hook::Register { function, to } => self.registered(vid, function, to),
            Hook::SetName { owner, at } => {
                if let Value::Instance(_) = value {
                    self.look_ups.push_back(LookUp::Method {
                        of: vid,
                        name: self.words.set_name,
                        operand: owner,
                        second: NONE,
                        to: NONE,
                        at,
                        how: How::Class,
                    });
                }
            }
            Hook::Argument { site } => {
                if matches!(
                    value,
                    Value::Function(_)
                        | Value::Instance(_)
                        | Value::Bound(..)
                        | Value::Class(_)
                        | Value::Partial(_)
                        | Value::Static(_)
                        | Value::ClassMethod(_)
                ) {
                    self.call(site, vid);
                }
            }
        }
    }

    /// The attribute that a string names.
    fn attribute_of_key(&mut self, key: Value) -> Option<u32> {
        let Value::Const(text) = key else {
            return None;
        };
        let name = self
            .program
            .names
            .text(text)
            .strip_prefix('\'')?
            .strip_suffix('\'')?
            .to_string();
        Some(self.program.names.intern(&name))
    }
}

/// Whether a name of what annotations are written with stands for no class that has methods.
fn is_form(dotted: &str) -> bool {
    let name = ["typing.", "typing_extensions.", "collections.abc."]
        .iter()
        .find_map(|m| dotted.strip_prefix(m));
    matches!(
        name,
        Some(
            "Any"
                | "Callable"
                | "ClassVar"
                | "Dict"
                | "Final"
                | "FrozenSet"
                | "List"
                | "Literal"
                | "Never"
                | "NoReturn"
                | "Self"
                | "Set"
                | "Tuple"
                | "Type"
                | "TypeVar"
                | "Union"
                | "Optional"
                | "Annotated"
                | "LiteralString"
        )
    )
}
