//! What solving makes.

use crate::names::Sym;
use crate::program::{How, Var};
use crate::value::Vid;

/// What solving makes where something happens: a variable, container or site, once for a place and not for each value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Made {
    /// A container that a function gives, or, inside, that is an item of it.
    Container {
        site: u32,
        name: Sym,
        is_inner: bool,
    },
    /// The container that a builtin type makes as an item.
    Factory {
        to: Var,
        name: Sym,
    },
    /// Classes in a tuple of classes.
    Classes {
        to: Var,
    },
    /// What a sort gives its key function.
    Sorted {
        site: u32,
    },
    /// The items of what is behind a star.
    Items {
        of: Var,
    },
    /// The site of a function that something else calls.
    Argument {
        callee: Var,
        item: Var,
    },
    /// The callee of a property that is read.
    Getter {
        to: Var,
        at: u32,
    },
    /// The callee of a property that is set.
    Setter {
        from: Var,
        at: u32,
    },
    /// What a class has under a name; made anew when a base makes its order longer.
    Inherited {
        class: u32,
        name: Sym,
        order: u32,
    },
    /// A name that the star imports of a module give.
    Star {
        module: u32,
        name: Sym,
    },
    /// A variable for one value.
    Holder {
        receiver: Vid,
    },
    Iterator {
        to: Var,
        at: u32,
    },
    /// `__call__` of what a site calls.
    Callable {
        site: u32,
    },
    /// The site of what `partial` was given, for a call that is written.
    Partial {
        origin: u32,
        made: u32,
    },
    /// What `partialmethod` gives through an instance.
    BoundPartial {
        made: u32,
        receiver: Vid,
    },
    /// What the metaclass of a class does when the class is made.
    ByClass {
        class: u32,
        name: Sym,
    },
    /// The classes that have a metaclass.
    ClassesOf {
        meta: u32,
    },
    /// The call of the factory of a field by what makes an instance.
    Field {
        site: u32,
        factory: Var,
    },
    /// The callee of a method that is called implicitly.
    Method {
        name: Sym,
        operand: Var,
        second: Var,
        to: Var,
        at: u32,
        how: How,
    },
}

impl Made {
    /// The container that a call gives, and the one in it.
    pub(super) fn containers(site: u32, name: Sym) -> (Self, Self) {
        let made = |is_inner| Self::Container { site, name, is_inner };
        (made(false), made(true))
    }
}
