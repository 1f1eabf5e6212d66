//! Iteration.

use super::{LookUp, Solver};
use crate::program::{How, NONE, Var};
use crate::value::{Value, Vid};

impl Solver {
    /// What iteration over a value gives.
    pub(super) fn iterate(&mut self, of: Vid, to: Var, at: u32) {
        match self.values.get(of) {
            Value::Container(container) if self.program.containers[container as usize].keyed => {
                self.all_keys(container, to);
            }
            Value::Container(container) => self.all_slots(container, to),
            Value::Generator(function) => {
                if let Some(yields) = self.program.functions[function as usize].yields {
                    self.copy(yields, to);
                }
            }
            Value::More => self.add(to, of),
            Value::Instance(_) | Value::Class(_) => self.look_ups.push_back(LookUp::Iterate { of, to, at }),
            _ => {}
        }
    }

    /// What the next value of an iterator is.
    pub(super) fn next(&mut self, of: Vid, to: Var, at: u32) {
        match self.values.get(of) {
            Value::Instance(_) => {
                for name in [self.words.next, self.words.anext] {
                    self.look_ups.push_back(LookUp::Method {
                        of,
                        name,
                        operand: NONE,
                        second: NONE,
                        to,
                        at,
                        how: How::Iteration,
                    });
                }
            }
            _ => self.iterate(of, to, at),
        }
    }
}
