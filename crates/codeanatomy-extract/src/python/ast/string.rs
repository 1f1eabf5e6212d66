//! Strings with replacement fields: CPython joins the parts of an implicit concatenation, folds neighbouring literals
//! into one `Constant`, and gives the text of `{x=}` to the literal before it.

use ruff_python_ast::{
    ConversionFlag, ExprFString, ExprTString, FStringPart, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringFormatSpec,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::vocabulary::{Field, Kind};
use super::walk::{Place, Purpose, Value, Walk};

/// The literals since the last replacement field, to become one `Constant`.
#[derive(Debug, Default)]
struct Literal {
    range: Option<TextRange>,
    has_text: bool,
}

impl Literal {
    fn add(&mut self, range: TextRange, has_text: bool) {
        self.range = Some(self.range.map_or(range, |r| r.cover(range)));
        self.has_text |= has_text;
    }
}

/// The values of one string: how many there are, and the literal that is growing.
#[derive(Debug)]
struct Values {
    count: usize,
    literal: Literal,
    /// `FormattedValue` or `Interpolation`.
    field_kind: Kind,
}

impl Values {
    fn new(field_kind: Kind) -> Self {
        Self {
            count: 0,
            literal: Literal::default(),
            field_kind,
        }
    }

    fn next(&mut self) -> Place {
        self.count += 1;
        Place::at(Field::Values, self.count - 1)
    }
}

impl<'a, P: Purpose> Walk<'a, P> {
    /// Walks an f-string with all parts of its implicit concatenation.
    #[inline(never)]
    pub(super) fn f_string(&mut self, e: &'a ExprFString, place: Place) {
        let open = self.open(Kind::JoinedStr, place, Some(e.range), Some(&e.node_index));
        let mut values = Values::new(Kind::FormattedValue);
        for part in &e.value {
            match part {
                FStringPart::Literal(literal) => values.literal.add(literal.range, !literal.value.is_empty()),
                FStringPart::FString(f) => self.elements(&f.elements, &mut values),
            }
        }
        self.flush(&mut values);
        self.close(open);
    }

    /// Walks a t-string.
    #[inline(never)]
    pub(super) fn t_string(&mut self, e: &'a ExprTString, place: Place) {
        let open = self.open(Kind::TemplateStr, place, Some(e.range), Some(&e.node_index));
        let mut values = Values::new(Kind::Interpolation);
        for part in &e.value {
            self.elements(&part.elements, &mut values);
        }
        self.flush(&mut values);
        self.close(open);
    }

    fn elements(&mut self, elements: &'a [InterpolatedStringElement], values: &mut Values) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) if literal.value.is_empty() => {}
                InterpolatedStringElement::Literal(literal) => values.literal.add(literal.range, true),
                InterpolatedStringElement::Interpolation(field) => self.replacement_field(field, values),
            }
        }
    }

    fn flush(&mut self, values: &mut Values) {
        let literal = std::mem::take(&mut values.literal);
        if let Some(range) = literal.range
            && literal.has_text
        {
            let id = self.added_leaf(Kind::Constant, values.next(), range);
            self.value(id, Value::Source);
        }
    }

    fn replacement_field(&mut self, field: &'a InterpolatedElement, values: &mut Values) {
        if field.debug_text.is_some() {
            values.literal.add(self.debug_range(field), true);
        }
        self.flush(values);
        let open = self.open(
            values.field_kind,
            values.next(),
            Some(field.range),
            Some(&field.node_index),
        );
        self.expr(&field.expression, Place::only(Field::Value));
        if let Some(spec) = &field.format_spec
            && self.enter()
        {
            self.format_spec(spec);
            self.leave();
        }
        self.close(open);
    }

    /// CPython's format spec begins at its colon. A replacement field in it is a `FormattedValue` also in a t-string.
    fn format_spec(&mut self, spec: &'a InterpolatedStringFormatSpec) {
        let start = spec.start().checked_sub(TextSize::new(1)).unwrap_or_default();
        let range = TextRange::new(start, spec.end().max(start));
        let open = self.open(
            Kind::JoinedStr,
            Place::only(Field::FormatSpec),
            Some(range),
            Some(&spec.node_index),
        );
        let mut values = Values::new(Kind::FormattedValue);
        self.elements(&spec.elements, &mut values);
        self.flush(&mut values);
        self.close(open);
    }

    /// The text that `{x = }` shows: from behind the brace to the conversion, the format spec or the closing brace.
    fn debug_range(&self, field: &InterpolatedElement) -> TextRange {
        let start = field.start() + TextSize::new(1);
        let end = match (&field.format_spec, field.conversion) {
            (Some(spec), ConversionFlag::None) => spec.start().to_usize().saturating_sub(1),
            _ => {
                let after = field.expression.end().to_usize();
                let trailing = field.debug_text.as_ref().map_or(0, |d| d.trailing().len());
                after + trailing
            }
        };
        let end = end.clamp(start.to_usize(), field.end().to_usize().max(start.to_usize()));
        TextRange::new(start, TextSize::new(end as u32))
    }
}
