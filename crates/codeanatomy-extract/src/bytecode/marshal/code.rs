//! Code objects: their fields, in the order of the two layouts.

use super::{Object, ObjectId, Objects};

/// A field of a code object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::bytecode) enum Field {
    ArgCount,
    PosonlyArgCount,
    KwonlyArgCount,
    LocalCount,
    StackSize,
    Flags,
    FirstLine,
    // Those above are numbers, those below objects.
    Bytecode,
    Consts,
    Names,
    /// Local variables; since 3.11 all variables.
    Locals,
    /// What each variable is, since 3.11.
    LocalKinds,
    FreeVars,
    CellVars,
    Filename,
    Name,
    QualifiedName,
    LineTable,
    ExceptionTable,
}

use Field::*;

const NUMBERS: usize = Bytecode as usize;
const FIELDS: usize = ExceptionTable as usize + 1;

/// Python 3.8 to 3.10.
const UNTIL_3_10: &[Field] = &[
    ArgCount,
    PosonlyArgCount,
    KwonlyArgCount,
    LocalCount,
    StackSize,
    Flags,
    Bytecode,
    Consts,
    Names,
    Locals,
    FreeVars,
    CellVars,
    Filename,
    Name,
    FirstLine,
    LineTable,
];

/// Python 3.11 and later.
const SINCE_3_11: &[Field] = &[
    ArgCount,
    PosonlyArgCount,
    KwonlyArgCount,
    StackSize,
    Flags,
    Bytecode,
    Consts,
    Names,
    Locals,
    LocalKinds,
    Filename,
    Name,
    QualifiedName,
    FirstLine,
    LineTable,
    ExceptionTable,
];

/// The fields of a code object of Python 3.`minor`.
pub(super) fn layout(minor: u8) -> &'static [Field] {
    if minor < 11 { UNTIL_3_10 } else { SINCE_3_11 }
}

impl Field {
    /// Whether it is a number and not an object.
    pub(super) fn is_number(self) -> bool {
        (self as usize) < NUMBERS
    }

    fn name(self) -> &'static str {
        match self {
            ArgCount => "co_argcount",
            PosonlyArgCount => "co_posonlyargcount",
            KwonlyArgCount => "co_kwonlyargcount",
            LocalCount => "co_nlocals",
            StackSize => "co_stacksize",
            Flags => "co_flags",
            FirstLine => "co_firstlineno",
            Bytecode => "co_code",
            Consts => "co_consts",
            Names => "co_names",
            Locals => "co_varnames",
            LocalKinds => "co_localspluskinds",
            FreeVars => "co_freevars",
            CellVars => "co_cellvars",
            Filename => "co_filename",
            Name => "co_name",
            QualifiedName => "co_qualname",
            LineTable => "co_linetable",
            ExceptionTable => "co_exceptiontable",
        }
    }
}

/// A code object.
#[derive(Debug, Clone)]
pub(in crate::bytecode) struct Code {
    numbers: [i32; NUMBERS],
    objects: [ObjectId; FIELDS - NUMBERS],
    /// The code object that it is inside of.
    pub(in crate::bytecode) parent: Option<u32>,
    /// Whether it was read to its end.
    pub(in crate::bytecode) is_complete: bool,
}

impl Code {
    pub(super) fn new(parent: Option<u32>) -> Self {
        Self {
            numbers: [0; NUMBERS],
            objects: [ObjectId::MISSING; FIELDS - NUMBERS],
            parent,
            is_complete: false,
        }
    }

    /// A number.
    pub(in crate::bytecode) fn number(&self, field: Field) -> i32 {
        self.numbers.get(field as usize).copied().unwrap_or_default()
    }

    /// An object.
    pub(in crate::bytecode) fn object(&self, field: Field) -> ObjectId {
        let index = (field as usize).wrapping_sub(NUMBERS);
        self.objects.get(index).copied().unwrap_or(ObjectId::MISSING)
    }

    pub(super) fn set_number(&mut self, field: Field, value: i32) {
        if let Some(number) = self.numbers.get_mut(field as usize) {
            *number = value;
        }
    }

    pub(super) fn set_object(&mut self, field: Field, value: ObjectId) {
        if let Some(object) = self.objects.get_mut((field as usize).wrapping_sub(NUMBERS)) {
            *object = value;
        }
    }

    /// Whether the fields hold what they must; else which one does not.
    pub(super) fn check(&self, layout: &[Field], objects: &Objects<'_>) -> Result<(), String> {
        for &field in layout.iter().filter(|f| !f.is_number()) {
            let object = objects.get(self.object(field));
            let fits = match field {
                Bytecode | LocalKinds | LineTable | ExceptionTable => matches!(object, Object::Bytes(_)),
                Filename | Name | QualifiedName => matches!(object, Object::Latin1(_) | Object::Utf8(_)),
                _ => matches!(object, Object::Group(super::Group::Tuple, _)),
            };
            if !fits {
                return Err(format!("{} of a code object is of the wrong type", field.name()));
            }
        }
        Ok(())
    }
}
