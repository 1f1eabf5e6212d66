//! Kinds, qualified names, ordinals and ids of units.

use codeanatomy_model::id::{PartsHasher, write_id};
use rustc_hash::FxHashMap;

use super::Unit;
use crate::bytecode::marshal::{Field, Objects};

/// The flags `CO_OPTIMIZED` and `CO_NEWLOCALS`: every function has both.
const FUNCTION_FLAGS: i32 = 3;
/// The length of an id: its prefix, a colon and 32 digits.
const ID_LENGTH: usize = "unit".len() + 33;

/// What a unit is, by its name and flags.
fn kind(name: &str, flags: i32, is_outermost: bool) -> &'static str {
    match name {
        "<module>" if is_outermost => "module",
        "<lambda>" => "lambda",
        "<listcomp>" => "listcomp",
        "<setcomp>" => "setcomp",
        "<dictcomp>" => "dictcomp",
        "<genexpr>" => "genexpr",
        _ if name.starts_with("<generic parameters of ") => "type_parameters",
        _ if flags & FUNCTION_FLAGS == FUNCTION_FLAGS => "function",
        // What is neither runs in the namespace that it is given.
        _ if is_outermost => "module",
        _ => "class",
    }
}

/// The names of all units.
#[derive(Debug, Default)]
pub(in crate::bytecode) struct Names {
    pub(in crate::bytecode) names: Vec<String>,
    pub(in crate::bytecode) kinds: Vec<&'static str>,
    pub(in crate::bytecode) qualified: Vec<String>,
    pub(in crate::bytecode) ordinals: Vec<u32>,
    ids: String,
}

impl Names {
    /// Names the units of the file at `path`. `limit` bounds the bytes of qualified names that are put together.
    pub(in crate::bytecode) fn new(
        path: &str,
        units: &[Unit<'_, '_>],
        objects: &Objects<'_>,
        minor: u8,
        limit: u64,
    ) -> Self {
        let mut all = Self::default();
        let mut used = 0;
        for unit in units {
            let name = objects.text(unit.code.object(Field::Name));
            let flags = unit.code.number(Field::Flags);
            let qualified = if minor >= 11 {
                objects.text(unit.code.object(Field::QualifiedName))
            } else {
                let around = unit.parent.map(|parent| parent as usize);
                let around = around.and_then(|p| Some((all.qualified.get(p)?.as_str(), *all.kinds.get(p)?)));
                // Names of names of names: short, unless a file was made to be long.
                qualify(around.filter(|_| used < limit), &name)
            };
            used += qualified.len() as u64;
            all.kinds.push(kind(&name, flags, unit.code.parent.is_none()));
            all.names.push(name);
            all.qualified.push(qualified);
        }
        all.number();
        all.identify(path);
        all
    }

    fn number(&mut self) {
        let mut next: FxHashMap<(&str, &str), u32> = FxHashMap::default();
        for (qualified, kind) in self.qualified.iter().zip(&self.kinds) {
            let count = next.entry((qualified, kind)).or_default();
            self.ordinals.push(*count);
            *count += 1;
        }
    }

    fn identify(&mut self, path: &str) {
        let mut hasher = PartsHasher::default();
        hasher.begin("unit", &[path.into()]);
        self.ids.reserve(ID_LENGTH * self.kinds.len());
        for ((qualified, kind), ordinal) in self.qualified.iter().zip(&self.kinds).zip(&self.ordinals) {
            let parts = [qualified.as_str().into(), (*kind).into(), i64::from(*ordinal).into()];
            write_id(&mut self.ids, "unit", hasher.finish(&parts));
        }
    }

    /// The id of a unit.
    pub(in crate::bytecode) fn id(&self, unit: u32) -> &str {
        let start = unit as usize * ID_LENGTH;
        self.ids.get(start..start + ID_LENGTH).unwrap_or_default()
    }
}

/// The name of a unit inside of another, as the compiler puts it together.
fn qualify(around: Option<(&str, &str)>, name: &str) -> String {
    match around {
        None | Some((_, "module")) => name.to_owned(),
        Some((around, "function" | "lambda")) => format!("{around}.<locals>.{name}"),
        Some((around, _)) => format!("{around}.{name}"),
    }
}
