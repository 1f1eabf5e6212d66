//! Objects as `marshal` writes them: flat lists instead of a tree, so that no nesting of a file can exhaust the stack.

mod code;
mod cursor;
mod read;

pub(super) use code::{Code, Field};
pub(super) use read::read;

/// The position of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ObjectId(u32);

impl ObjectId {
    /// What a field holds that was not read.
    const MISSING: Self = Self(u32::MAX);

    /// The position as an index.
    #[inline]
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Bytes of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    at: u32,
    len: u32,
}

/// An object. Numbers and texts stay in the file until they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    /// Begun and not ended.
    Open,
    None,
    False,
    True,
    Ellipsis,
    StopIteration,
    Int(i32),
    /// Digits of 15 bits, two bytes each, least significant first.
    Long {
        digits: Extent,
        negative: bool,
    },
    /// Eight bytes.
    Float(Extent),
    /// Sixteen bytes.
    Complex(Extent),
    Bytes(Extent),
    /// One byte per character.
    Latin1(Extent),
    /// UTF-8 that may have lone surrogates.
    Utf8(Extent),
    /// The items from `at` on.
    Group(Group, Extent),
    /// The position of a code object.
    Code(u32),
}

/// Objects that hold a list of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Tuple,
    List,
    Set,
    FrozenSet,
    Slice,
}

/// What was read of a file.
#[derive(Debug)]
pub(super) struct Objects<'a> {
    data: &'a [u8],
    objects: Vec<Object>,
    items: Vec<ObjectId>,
    /// The code objects, in the order in which they begin.
    pub(super) codes: Vec<Code>,
}

impl<'a> Objects<'a> {
    /// The number of objects.
    pub(super) fn len(&self) -> usize {
        self.objects.len()
    }

    /// The object at a position.
    #[inline]
    pub(super) fn get(&self, id: ObjectId) -> Object {
        self.objects.get(id.index()).copied().unwrap_or(Object::Open)
    }

    /// Bytes of the file.
    #[inline]
    pub(super) fn slice(&self, extent: Extent) -> &'a [u8] {
        let start = extent.at as usize;
        self.data.get(start..start + extent.len as usize).unwrap_or_default()
    }

    /// The items of a group; none if the object is none.
    #[inline]
    pub(super) fn items(&self, id: ObjectId) -> &[ObjectId] {
        match self.get(id) {
            Object::Group(_, extent) => {
                let start = extent.at as usize;
                self.items.get(start..start + extent.len as usize).unwrap_or_default()
            }
            _ => &[],
        }
    }

    /// The content of bytes; nothing if the object is none.
    pub(super) fn bytes(&self, id: ObjectId) -> &'a [u8] {
        match self.get(id) {
            Object::Bytes(extent) => self.slice(extent),
            _ => &[],
        }
    }

    /// Adds a text to the end of `out`, lone surrogates replaced; false if the object is none.
    pub(super) fn push_text(&self, id: ObjectId, out: &mut String) -> bool {
        match self.get(id) {
            Object::Latin1(extent) => {
                let bytes = self.slice(extent);
                match std::str::from_utf8(bytes) {
                    Ok(text) if bytes.is_ascii() => out.push_str(text),
                    _ => out.extend(bytes.iter().map(|&b| char::from(b))),
                }
            }
            Object::Utf8(extent) => out.push_str(&String::from_utf8_lossy(self.slice(extent))),
            _ => return false,
        }
        true
    }

    /// A text; empty if the object is none.
    pub(super) fn text(&self, id: ObjectId) -> String {
        let mut text = String::new();
        self.push_text(id, &mut text);
        text
    }

    /// The length of a text or of bytes as stored.
    pub(super) fn stored_len(&self, id: ObjectId) -> usize {
        match self.get(id) {
            Object::Latin1(extent) | Object::Utf8(extent) | Object::Bytes(extent) => extent.len as usize,
            _ => 0,
        }
    }
}
