//! Types of tokens, by their names in CPython's `token`.

use ruff_python_ast::token::TokenKind;

use crate::python::words::words;

words! {
    /// The exact type of a token. Those from `Op` on are operators.
    Kind {
        EndMarker = "ENDMARKER", Name = "NAME", Number = "NUMBER", String = "STRING", Newline = "NEWLINE", Nl = "NL",
        Comment = "COMMENT", Indent = "INDENT", Dedent = "DEDENT", FStringStart = "FSTRING_START",
        FStringMiddle = "FSTRING_MIDDLE", FStringEnd = "FSTRING_END", TStringStart = "TSTRING_START",
        TStringMiddle = "TSTRING_MIDDLE", TStringEnd = "TSTRING_END", ErrorToken = "ERRORTOKEN",
        Op = "OP", LPar = "LPAR", RPar = "RPAR", LSqb = "LSQB", RSqb = "RSQB", Colon = "COLON", Comma = "COMMA",
        Semi = "SEMI", Plus = "PLUS", Minus = "MINUS", Star = "STAR", Slash = "SLASH", VBar = "VBAR", Amper = "AMPER",
        Less = "LESS", Greater = "GREATER", Equal = "EQUAL", Dot = "DOT", Percent = "PERCENT", LBrace = "LBRACE",
        RBrace = "RBRACE", EqEqual = "EQEQUAL", NotEqual = "NOTEQUAL", LessEqual = "LESSEQUAL",
        GreaterEqual = "GREATEREQUAL", Tilde = "TILDE", Circumflex = "CIRCUMFLEX", LeftShift = "LEFTSHIFT",
        RightShift = "RIGHTSHIFT", DoubleStar = "DOUBLESTAR", PlusEqual = "PLUSEQUAL", MinEqual = "MINEQUAL",
        StarEqual = "STAREQUAL", SlashEqual = "SLASHEQUAL", PercentEqual = "PERCENTEQUAL", AmperEqual = "AMPEREQUAL",
        VBarEqual = "VBAREQUAL", CircumflexEqual = "CIRCUMFLEXEQUAL", LeftShiftEqual = "LEFTSHIFTEQUAL",
        RightShiftEqual = "RIGHTSHIFTEQUAL", DoubleStarEqual = "DOUBLESTAREQUAL", DoubleSlash = "DOUBLESLASH",
        DoubleSlashEqual = "DOUBLESLASHEQUAL", At = "AT", AtEqual = "ATEQUAL", RArrow = "RARROW", Ellipsis = "ELLIPSIS",
        ColonEqual = "COLONEQUAL", Exclamation = "EXCLAMATION",
    }
}

impl Kind {
    /// The type that `tokenize` gives, where all operators are `OP`.
    #[inline]
    pub(super) fn general(self) -> Self {
        if self as u8 > Self::Op as u8 { Self::Op } else { self }
    }

    /// The type of a token of the parser. Keywords are names.
    #[inline]
    pub(super) fn of(kind: TokenKind) -> Self {
        match kind {
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => Self::Number,
            TokenKind::String => Self::String,
            TokenKind::FStringStart => Self::FStringStart,
            TokenKind::FStringMiddle => Self::FStringMiddle,
            TokenKind::FStringEnd => Self::FStringEnd,
            TokenKind::TStringStart => Self::TStringStart,
            TokenKind::TStringMiddle => Self::TStringMiddle,
            TokenKind::TStringEnd => Self::TStringEnd,
            TokenKind::Comment => Self::Comment,
            TokenKind::Newline => Self::Newline,
            TokenKind::NonLogicalNewline => Self::Nl,
            TokenKind::Indent => Self::Indent,
            TokenKind::Dedent => Self::Dedent,
            TokenKind::EndOfFile => Self::EndMarker,
            TokenKind::IpyEscapeCommand | TokenKind::Unknown => Self::ErrorToken,
            TokenKind::Question => Self::Op,
            TokenKind::Exclamation => Self::Exclamation,
            TokenKind::Lpar => Self::LPar,
            TokenKind::Rpar => Self::RPar,
            TokenKind::Lsqb => Self::LSqb,
            TokenKind::Rsqb => Self::RSqb,
            TokenKind::Colon => Self::Colon,
            TokenKind::Comma => Self::Comma,
            TokenKind::Semi => Self::Semi,
            TokenKind::Plus => Self::Plus,
            TokenKind::Minus => Self::Minus,
            TokenKind::Star => Self::Star,
            TokenKind::Slash => Self::Slash,
            TokenKind::Vbar => Self::VBar,
            TokenKind::Amper => Self::Amper,
            TokenKind::Less => Self::Less,
            TokenKind::Greater => Self::Greater,
            TokenKind::Equal => Self::Equal,
            TokenKind::Dot => Self::Dot,
            TokenKind::Percent => Self::Percent,
            TokenKind::Lbrace => Self::LBrace,
            TokenKind::Rbrace => Self::RBrace,
            TokenKind::EqEqual => Self::EqEqual,
            TokenKind::NotEqual => Self::NotEqual,
            TokenKind::LessEqual => Self::LessEqual,
            TokenKind::GreaterEqual => Self::GreaterEqual,
            TokenKind::Tilde => Self::Tilde,
            TokenKind::CircumFlex => Self::Circumflex,
            TokenKind::LeftShift => Self::LeftShift,
            TokenKind::RightShift => Self::RightShift,
            TokenKind::DoubleStar => Self::DoubleStar,
            TokenKind::DoubleStarEqual => Self::DoubleStarEqual,
            TokenKind::PlusEqual => Self::PlusEqual,
            TokenKind::MinusEqual => Self::MinEqual,
            TokenKind::StarEqual => Self::StarEqual,
            TokenKind::SlashEqual => Self::SlashEqual,
            TokenKind::PercentEqual => Self::PercentEqual,
            TokenKind::AmperEqual => Self::AmperEqual,
            TokenKind::VbarEqual => Self::VBarEqual,
            TokenKind::CircumflexEqual => Self::CircumflexEqual,
            TokenKind::LeftShiftEqual => Self::LeftShiftEqual,
            TokenKind::RightShiftEqual => Self::RightShiftEqual,
            TokenKind::DoubleSlash => Self::DoubleSlash,
            TokenKind::DoubleSlashEqual => Self::DoubleSlashEqual,
            TokenKind::ColonEqual => Self::ColonEqual,
            TokenKind::At => Self::At,
            TokenKind::AtEqual => Self::AtEqual,
            TokenKind::Rarrow => Self::RArrow,
            TokenKind::Ellipsis => Self::Ellipsis,
            _ => Self::Name,
        }
    }
}
