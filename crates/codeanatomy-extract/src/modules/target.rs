//! What a name leads to.

use codeanatomy_model::id::stable_id;

use super::index::{Index, ModuleId};

/// What a name is in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Module(ModuleId),
    /// A function or class, of a kind and ordinal in `definitions`.
    Definition {
        module: ModuleId,
        name: Box<str>,
        kind: &'static str,
        ordinal: u32,
    },
    Variable {
        module: ModuleId,
        name: Box<str>,
    },
    /// What the import system gives every module.
    Implicit {
        module: ModuleId,
        name: Box<str>,
    },
    /// A module outside of the source, or a name in it.
    External {
        module: String,
        name: Option<Box<str>>,
    },
}

/// A target and how it was reached.
#[derive(Debug, Clone)]
pub(super) struct Reached {
    pub(super) target: Target,
    pub(super) hops: usize,
    /// The first of the modules that re-export it.
    pub(super) via: Vec<ModuleId>,
}

/// Everything that a name may be, what is chosen first; or why it is nothing.
#[derive(Debug, Default)]
pub(super) struct Resolution {
    pub(super) reached: Vec<Reached>,
    pub(super) reason: Option<Reason>,
}

/// Why nothing was reached. Of several the first in this order says most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    TooLong,
    Unreadable,
    Dynamic,
    ExternalStar,
    BeyondTopLevel,
    NoSuchModule,
    Cycle,
    NoSuchName,
}

impl Reason {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Unreadable => "unreadable",
            Self::Dynamic => "dynamic",
            Self::ExternalStar => "external_star",
            Self::BeyondTopLevel => "beyond_top_level",
            Self::NoSuchModule => "no_such_module",
            Self::Cycle => "cycle",
            Self::NoSuchName => "no_such_name",
        }
    }
}

impl Resolution {
    /// What the reached targets say, of which there may be none.
    pub(super) fn new(reached: Vec<Reached>, reason: Reason) -> Self {
        let reason = reached.is_empty().then_some(reason);
        let mut resolution = Self { reached, reason };
        resolution.choose();
        resolution
    }

    /// One target that is named itself.
    pub(super) fn of(target: Target) -> Self {
        Self {
            reached: vec![Reached::direct(target)],
            reason: None,
        }
    }

    /// Nothing.
    pub(super) fn none(reason: Reason) -> Self {
        Self {
            reached: Vec::new(),
            reason: Some(reason),
        }
    }

    /// Puts the chosen target first, and leaves each target there once.
    pub(super) fn choose(&mut self) {
        keep_different(&mut self.reached, 0);
        let different = &mut self.reached;
        if let Some(best) = (0..different.len()).min_by_key(|i| different[*i].target.rank()) {
            different[..=best].rotate_right(1);
        }
    }
}

/// Leaves of what was reached from a place on each target once, and not too many.
pub(super) fn keep_different(reached: &mut Vec<Reached>, from: usize) {
    if reached.len() <= from + 1 {
        return;
    }
    let mut kept = from;
    for i in from..reached.len() {
        let is_new = reached[from..kept]
            .iter()
            .all(|other| other.target != reached[i].target);
        if is_new && kept - from < MAX_CANDIDATES {
            reached.swap(kept, i);
            kept += 1;
        }
    }
    reached.truncate(kept);
}

/// More targets of one name are not counted.
const MAX_CANDIDATES: usize = 64;

impl Reached {
    pub(super) fn direct(target: Target) -> Self {
        Self {
            target,
            hops: 0,
            via: Vec::new(),
        }
    }

    /// The bytes that it takes beside itself.
    pub(super) fn memory_size(&self) -> usize {
        let text = match &self.target {
            Target::Module(_) => 0,
            Target::Definition { name, .. } | Target::Variable { name, .. } | Target::Implicit { name, .. } => {
                name.len()
            }
            Target::External { module, name } => module.len() + name.as_ref().map_or(0, |name| name.len()),
        };
        text + self.via.capacity() * size_of::<ModuleId>()
    }
}

impl Target {
    fn rank(&self) -> u8 {
        match self {
            Self::Module(_) | Self::Definition { .. } => 0,
            Self::Variable { .. } | Self::Implicit { .. } => 1,
            Self::External { .. } => 2,
        }
    }

    /// `resolved_imports.target_kind`.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Module(_) => "module",
            Self::Definition { .. } => "definition",
            Self::Variable { .. } => "binding",
            Self::Implicit { .. } => "implicit",
            Self::External { .. } => "external",
        }
    }

    /// The module in the source that it is or is in.
    pub(super) fn module(&self) -> Option<ModuleId> {
        match self {
            Self::Module(module)
            | Self::Definition { module, .. }
            | Self::Variable { module, .. }
            | Self::Implicit { module, .. } => Some(*module),
            Self::External { .. } => None,
        }
    }

    /// The name of the module that it is or is in.
    pub(super) fn module_name<'a>(&'a self, index: &'a Index) -> Option<&'a str> {
        match (self, self.module()) {
            (Self::External { module, .. }, _) => Some(module),
            (_, Some(module)) => index.module(module).entry.module.as_deref(),
            (_, None) => None,
        }
    }

    /// The dotted name.
    pub(super) fn qualified_name(&self, index: &Index) -> Option<String> {
        let name = match self {
            Self::Module(_) => None,
            Self::Definition { name, .. } | Self::Variable { name, .. } | Self::Implicit { name, .. } => Some(&**name),
            Self::External { name, .. } => name.as_deref(),
        };
        match (self.module_name(index), name) {
            (Some(module), Some(name)) => Some(format!("{module}.{name}")),
            (module, name) => module.or(name).map(str::to_owned),
        }
    }

    /// The id in `definitions`.
    pub(super) fn def_id(&self, index: &Index) -> Option<String> {
        match self {
            Self::Definition {
                module,
                name,
                kind,
                ordinal,
            } => {
                let path = index.module(*module).entry.path.as_str();
                let parts = [
                    path.into(),
                    (&**name).into(),
                    (*kind).into(),
                    i64::from(*ordinal).into(),
                ];
                Some(stable_id("def", &parts))
            }
            _ => None,
        }
    }

    /// The id in `bindings`.
    pub(super) fn binding_id(&self, index: &Index) -> Option<String> {
        match self {
            Self::Definition { module, name, .. } | Self::Variable { module, name } => {
                let path = index.module(*module).entry.path.as_str();
                let scope = stable_id("scope", &[path.into(), "".into(), "module".into(), 0.into()]);
                Some(stable_id("bind", &[scope.as_str().into(), (&**name).into()]))
            }
            _ => None,
        }
    }
}
