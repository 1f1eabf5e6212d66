//! Constants as `repr` of the interpreter writes them.

mod number;
#[rustfmt::skip]
mod printable;
mod text;

use super::marshal::{Code, Field, Group, Object, ObjectId, Objects};

/// Longer texts end in an ellipsis.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// Adds the text of an object to the end of `out`, for Python 3.`minor`; false if it cannot be shown.
pub(super) fn push(objects: &Objects<'_>, root: ObjectId, minor: u8, out: &mut String) -> bool {
    let start = out.len();
    let mut writer = Writer { objects, minor, out };
    // Groups that are begun, with the position of their next item.
    let mut open: Vec<(ObjectId, usize)> = Vec::new();
    if !writer.begin(root, &mut open) {
        writer.out.truncate(start);
        return false;
    }
    while let Some((id, next)) = open.last_mut() {
        let (id, at) = (*id, *next);
        *next += 1;
        let items = objects.items(id);
        match items.get(at) {
            Some(&item) => {
                if at > 0 {
                    writer.out.push_str(", ");
                }
                if !writer.begin(item, &mut open) {
                    writer.out.truncate(start);
                    return false;
                }
            }
            None => {
                writer.out.push_str(ends(objects.get(id), items.len()).1);
                open.pop();
            }
        }
        if writer.out.len() - start > MAX_BYTES {
            break;
        }
    }
    if out.len() - start > MAX_BYTES {
        let mut end = start + MAX_BYTES;
        while !out.is_char_boundary(end) {
            end -= 1;
        }
        out.truncate(end);
        out.push('…');
    }
    true
}

/// What stands before and after the items of a group.
fn ends(object: Object, items: usize) -> (&'static str, &'static str) {
    match (object, items) {
        (Object::Group(Group::Tuple, _), 1) => ("(", ",)"),
        (Object::Group(Group::Tuple, _), _) => ("(", ")"),
        (Object::Group(Group::List, _), _) => ("[", "]"),
        (Object::Group(Group::Set, _), 0) => ("set(", ")"),
        (Object::Group(Group::Set, _), _) => ("{", "}"),
        (Object::Group(Group::FrozenSet, _), 0) => ("frozenset(", ")"),
        (Object::Group(Group::FrozenSet, _), _) => ("frozenset({", "})"),
        (Object::Group(Group::Slice, _), _) => ("slice(", ")"),
        _ => ("", ""),
    }
}

struct Writer<'o, 'a> {
    objects: &'o Objects<'a>,
    minor: u8,
    out: &'o mut String,
}

impl Writer<'_, '_> {
    /// Writes an object, or the start of a group, which is added to `open`.
    fn begin(&mut self, id: ObjectId, open: &mut Vec<(ObjectId, usize)>) -> bool {
        let objects = self.objects;
        match objects.get(id) {
            Object::Open => return false,
            Object::None => self.out.push_str("None"),
            Object::False => self.out.push_str("False"),
            Object::True => self.out.push_str("True"),
            Object::Ellipsis => self.out.push_str("Ellipsis"),
            Object::StopIteration => self.out.push_str("<class 'StopIteration'>"),
            Object::Int(value) => number::push_int(value, self.out),
            Object::Long { digits, negative } => return number::push_long(objects.slice(digits), negative, self.out),
            Object::Float(extent) => number::push_float(objects.slice(extent), self.out),
            Object::Complex(extent) => number::push_complex(objects.slice(extent), self.out),
            Object::Bytes(extent) => text::push_bytes(objects.slice(extent), self.out),
            Object::Latin1(extent) => text::push_latin1(objects.slice(extent), self.out),
            Object::Utf8(extent) => text::push_utf8(objects.slice(extent), self.minor, self.out),
            Object::Group(_, _) => {
                let items = objects.items(id).len();
                self.out.push_str(ends(objects.get(id), items).0);
                open.push((id, 0));
            }
            Object::Code(code) => match objects.codes.get(code as usize) {
                Some(code) => self.code(code),
                None => return false,
            },
        }
        true
    }

    /// A code object, without its address.
    fn code(&mut self, code: &Code) {
        self.out.push_str("<code object ");
        self.objects.push_text(code.object(Field::Name), self.out);
        self.out.push_str(", file \"");
        self.objects.push_text(code.object(Field::Filename), self.out);
        self.out.push_str("\", line ");
        number::push_int(code.number(Field::FirstLine), self.out);
        self.out.push('>');
    }
}
