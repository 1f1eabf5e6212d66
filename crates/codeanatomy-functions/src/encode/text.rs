//! Texts and binary values.

use datafusion_common::arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, FixedSizeBinaryArray, GenericByteArray, StringViewArray,
};
use datafusion_common::arrow::datatypes::{
    BinaryType, ByteArrayType, DataType, LargeBinaryType, LargeUtf8Type, Utf8Type,
};

use super::Encode;

const TEXT: u8 = 1;
const BINARY: u8 = 6;

/// An array of bytes of any kind and its tag.
struct Bytes<A> {
    array: A,
    tag: u8,
}

/// How the bytes of a row are had.
trait ByteValues {
    fn bytes(&self, row: usize) -> &[u8];
}

impl<T: ByteArrayType> ByteValues for GenericByteArray<T> {
    fn bytes(&self, row: usize) -> &[u8] {
        self.value(row).as_ref()
    }
}

impl ByteValues for StringViewArray {
    fn bytes(&self, row: usize) -> &[u8] {
        self.value(row).as_bytes()
    }
}

impl ByteValues for BinaryViewArray {
    fn bytes(&self, row: usize) -> &[u8] {
        self.value(row)
    }
}

impl ByteValues for FixedSizeBinaryArray {
    fn bytes(&self, row: usize) -> &[u8] {
        self.value(row)
    }
}

impl<A: ByteValues> Encode for Bytes<A> {
    #[inline]
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        let bytes = self.array.bytes(row);
        out.push(self.tag);
        out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        out.extend_from_slice(bytes);
    }
}

/// The encoder of `array` if it has texts or bytes.
pub(super) fn encoder(array: &ArrayRef) -> Option<Box<dyn Encode>> {
    fn boxed<A: ByteValues + Clone + 'static>(array: &A, tag: u8) -> Box<dyn Encode> {
        Box::new(Bytes {
            array: array.clone(),
            tag,
        })
    }
    Some(match array.data_type() {
        DataType::Utf8 => boxed(array.as_bytes::<Utf8Type>(), TEXT),
        DataType::LargeUtf8 => boxed(array.as_bytes::<LargeUtf8Type>(), TEXT),
        DataType::Utf8View => boxed(array.as_string_view(), TEXT),
        DataType::Binary => boxed(array.as_bytes::<BinaryType>(), BINARY),
        DataType::LargeBinary => boxed(array.as_bytes::<LargeBinaryType>(), BINARY),
        DataType::BinaryView => boxed(array.as_binary_view(), BINARY),
        DataType::FixedSizeBinary(_) => boxed(array.as_fixed_size_binary(), BINARY),
        _ => return None,
    })
}
