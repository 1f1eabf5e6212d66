//! Reading `marshal`, versions 2 to 5, as the interpreter does, but with a stack of its own.

use super::code::layout;
use super::cursor::{Cursor, Failure};
use super::{Code, Extent, Field, Group, Object, ObjectId, Objects};

/// CPython's `MAX_MARSHAL_STACK_DEPTH`: it writes and reads nothing deeper.
const MAX_DEPTH: usize = 2000;
/// The bit that says that an object can be referred to.
const REF: u8 = 0x80;

/// Reads the code object at `start`, which Python 3.`minor` wrote. What was read before a failure is kept.
pub(in crate::bytecode) fn read(data: &[u8], start: usize, minor: u8) -> (Objects<'_>, Result<(), Failure>) {
    let mut reader = Reader {
        cursor: Cursor::new(data, start),
        read: Objects {
            data,
            objects: SINGLETONS.to_vec(),
            // An object takes four bytes, more or less.
            items: Vec::with_capacity(data.len() / 8),
            codes: Vec::new(),
        },
        layout: layout(minor),
        refs: Vec::new(),
        frames: Vec::new(),
        code: None,
        pending: Vec::new(),
    };
    let result = reader.run();
    (reader.read, result)
}

/// Objects that need no place of their own, at the positions of [`singleton`].
const SINGLETONS: [Object; 5] = [
    Object::None,
    Object::False,
    Object::True,
    Object::Ellipsis,
    Object::StopIteration,
];

fn singleton(code: u8) -> Option<ObjectId> {
    let position = b"NFT.S".iter().position(|&c| c == code)?;
    Some(ObjectId(position as u32))
}

/// An object that is being read.
#[derive(Debug, Clone, Copy)]
enum Frame {
    Group {
        object: u32,
        group: Group,
        /// The number of items to come.
        left: u32,
        /// Where its items begin among the pending ones.
        start: usize,
    },
    Code {
        object: u32,
        code: u32,
        /// The position in the layout of the field that comes next.
        field: usize,
    },
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    read: Objects<'a>,
    layout: &'static [Field],
    refs: Vec<ObjectId>,
    frames: Vec<Frame>,
    /// The innermost code object that is being read.
    code: Option<u32>,
    /// Items of the groups that are being read.
    pending: Vec<ObjectId>,
}

impl<'a> Reader<'a> {
    fn run(&mut self) -> Result<(), Failure> {
        loop {
            let Some(value) = self.begin()? else { continue };
            if let Some(root) = self.deliver(value)? {
                return match self.read.get(root) {
                    Object::Code(_) => Ok(()),
                    _ => Err(Failure::wrong("the file holds no code object")),
                };
            }
        }
    }

    /// Reads an object that has no parts, or opens one that has.
    fn begin(&mut self) -> Result<Option<ObjectId>, Failure> {
        let start = self.cursor.at();
        let byte = self.cursor.byte()?;
        let (kind, is_ref) = (byte & !REF, byte & REF != 0);
        if let Some(id) = singleton(kind) {
            return Ok(Some(id));
        }
        let object = match kind {
            b'r' => {
                let index = self.cursor.long()?;
                let id = usize::try_from(index).ok().and_then(|i| self.refs.get(i)).copied();
                return match id.map(|id| (id, self.read.get(id))) {
                    Some((id, object)) if object != Object::Open => Ok(Some(id)),
                    _ => Err(Failure::wrong(format!("the reference at {start} leads nowhere"))),
                };
            }
            b'i' => Object::Int(self.cursor.long()?),
            b'l' => {
                let count = self.cursor.long()?;
                let len = count.unsigned_abs().saturating_mul(2);
                Object::Long {
                    digits: self.cursor.extent(len)?,
                    negative: count < 0,
                }
            }
            b'g' => Object::Float(self.cursor.extent(8)?),
            b'y' => Object::Complex(self.cursor.extent(16)?),
            b's' => Object::Bytes(self.cursor.counted()?),
            b'u' | b't' => Object::Utf8(self.cursor.counted()?),
            b'a' | b'A' => Object::Latin1(self.cursor.counted()?),
            b'z' | b'Z' => {
                let len = self.cursor.byte()?;
                Object::Latin1(self.cursor.extent(u32::from(len))?)
            }
            b'(' => return self.open_counted(Group::Tuple, is_ref),
            b'[' => return self.open_counted(Group::List, is_ref),
            b'<' => return self.open_counted(Group::Set, is_ref),
            b'>' => return self.open_counted(Group::FrozenSet, is_ref),
            b')' => {
                let left = u32::from(self.cursor.byte()?);
                return self.open(Group::Tuple, left, is_ref);
            }
            b':' => return self.open(Group::Slice, 3, is_ref),
            b'c' => return self.open_code(is_ref).map(|()| None),
            _ => {
                return Err(Failure::wrong(format!(
                    "there is no object of type {kind:#04x}, as at {start}"
                )));
            }
        };
        Ok(Some(self.add(object, is_ref)))
    }

    /// Hands an object to the one that it is part of, and that to its own if it is complete. Gives the last of all.
    fn deliver(&mut self, mut value: ObjectId) -> Result<Option<ObjectId>, Failure> {
        loop {
            match self.frames.last_mut() {
                None => return Ok(Some(value)),
                Some(Frame::Group {
                    object,
                    group,
                    left,
                    start,
                }) => {
                    self.pending.push(value);
                    *left -= 1;
                    if *left > 0 {
                        return Ok(None);
                    }
                    let extent = Extent {
                        at: self.read.items.len() as u32,
                        len: (self.pending.len() - *start) as u32,
                    };
                    self.read.items.extend(self.pending.drain(*start..));
                    value = ObjectId(*object);
                    self.read.objects[value.index()] = Object::Group(*group, extent);
                }
                Some(&mut Frame::Code { object, code, field }) => {
                    self.read.codes[code as usize].set_object(self.layout[field], value);
                    if !self.numbers(code, field + 1)? {
                        return Ok(None);
                    }
                    self.read.codes[code as usize]
                        .check(self.layout, &self.read)
                        .map_err(|message| Failure::wrong(&message))?;
                    self.read.codes[code as usize].is_complete = true;
                    self.code = self.read.codes[code as usize].parent;
                    value = ObjectId(object);
                    self.read.objects[value.index()] = Object::Code(code);
                }
            }
            self.frames.pop();
        }
    }

    /// Reads the numbers of a code object from a field on, up to an object or to the end, which gives true.
    fn numbers(&mut self, code: u32, from: usize) -> Result<bool, Failure> {
        for next in from..self.layout.len() {
            let field = self.layout[next];
            if !field.is_number() {
                if let Some(Frame::Code { field, .. }) = self.frames.last_mut() {
                    *field = next;
                }
                return Ok(false);
            }
            let number = self.cursor.long()?;
            self.read.codes[code as usize].set_number(field, number);
        }
        Ok(true)
    }

    fn open_code(&mut self, is_ref: bool) -> Result<(), Failure> {
        self.check_depth()?;
        let object = self.add(Object::Open, is_ref).0;
        let code = self.read.codes.len() as u32;
        self.read.codes.push(Code::new(self.code.replace(code)));
        self.frames.push(Frame::Code { object, code, field: 0 });
        self.numbers(code, 0).map(|_| ())
    }

    fn open_counted(&mut self, group: Group, is_ref: bool) -> Result<Option<ObjectId>, Failure> {
        let count = self.cursor.count()?;
        self.open(group, count, is_ref)
    }

    fn open(&mut self, group: Group, left: u32, is_ref: bool) -> Result<Option<ObjectId>, Failure> {
        if left == 0 {
            let extent = Extent { at: 0, len: 0 };
            return Ok(Some(self.add(Object::Group(group, extent), is_ref)));
        }
        self.check_depth()?;
        // Each item takes a byte at least.
        if left as usize > self.cursor.rest() {
            return Err(Failure::truncated());
        }
        let object = self.add(Object::Open, is_ref).0;
        let start = self.pending.len();
        self.frames.push(Frame::Group {
            object,
            group,
            left,
            start,
        });
        Ok(None)
    }

    fn check_depth(&self) -> Result<(), Failure> {
        if self.frames.len() < MAX_DEPTH {
            return Ok(());
        }
        Err(Failure::wrong(format!("objects nest deeper than {MAX_DEPTH}")))
    }

    fn add(&mut self, object: Object, is_ref: bool) -> ObjectId {
        let id = ObjectId(self.read.objects.len() as u32);
        self.read.objects.push(object);
        if is_ref {
            self.refs.push(id);
        }
        id
    }
}
