//! Which definition a comment belongs to.

use crate::file::LineIndex;

/// The span of a definition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) bstart: u32,
    pub(crate) bend: u32,
    /// Its position among the definitions.
    pub(crate) definition: u32,
}

/// A comment, with what stands before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment {
    pub(super) bstart: u32,
    pub(super) is_own_line: bool,
    /// The end of the last token of code before it.
    pub(super) code_end: u32,
}

/// The definitions of a file, gone through beside its comments.
#[derive(Debug)]
pub(crate) struct Owners<'a> {
    text: &'a str,
    lines: &'a LineIndex,
    /// The definitions that begin behind the last comment, in the order of the text.
    next: std::vec::IntoIter<Extent>,
    /// Those that the next comment may belong to, each inside of the one before, with their indentation.
    open: Vec<(Extent, u32)>,
    /// The last line that was looked at and its indentation.
    indented: (u32, u32),
}

impl<'a> Owners<'a> {
    /// The definitions of `text`, in preorder.
    pub(crate) fn new(text: &'a str, lines: &'a LineIndex, extents: Vec<Extent>) -> Self {
        Self {
            text,
            lines,
            next: extents.into_iter(),
            open: Vec::new(),
            indented: (u32::MAX, 0),
        }
    }

    /// The definition of a comment. Comments come in the order of the text.
    pub(super) fn of(&mut self, comment: Comment) -> Option<u32> {
        while let Some(extent) = self.next.as_slice().first().copied()
            && extent.bstart <= comment.bstart
        {
            self.next.next();
            while self.open.pop_if(|(last, _)| last.bend <= extent.bstart).is_some() {}
            let indent = self.indent(extent.bstart);
            self.open.push((extent, indent));
        }
        let indent = self.indent(comment.bstart);
        while let Some((extent, outer)) = self.open.last().copied() {
            let is_around = comment.bstart < extent.bend;
            let follows = comment.code_end <= extent.bend && (!comment.is_own_line || indent > outer);
            if is_around || follows {
                return Some(extent.definition);
            }
            self.open.pop();
        }
        None
    }

    /// The width of the white space at the start of an offset's line, as CPython measures it.
    fn indent(&mut self, offset: u32) -> u32 {
        let (_, start) = self.lines.line(offset);
        if self.indented.0 != start {
            let mut width = 0;
            for byte in self.text.as_bytes().iter().skip(start as usize) {
                match byte {
                    b' ' => width += 1,
                    b'\t' => width = (width / 8 + 1) * 8,
                    b'\x0c' => width = 0,
                    _ => break,
                }
            }
            self.indented = (start, width);
        }
        self.indented.1
    }
}
