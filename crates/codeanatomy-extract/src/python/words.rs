//! Words of a column, numbered.

/// Declares an enumeration whose variants are the words of a column.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $word:expr),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum $name { $($variant),* }

        impl $name {
            /// The words as they stand in rows, by number.
            pub(super) const WORDS: &'static [&'static str] = &[$($word),*];
        }
    };
}

pub(super) use words;
