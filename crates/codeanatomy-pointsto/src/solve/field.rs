//! Fields of data classes.

use super::class::Base;
use super::{Made, Solver};
use crate::program::{Arg, Hook, How, Site};

impl Solver {
    /// `field(default_factory=…)` in the body of a class: what makes instances calls the factory. Whether the value is known.
    pub(super) fn field(&mut self, site: u32) -> bool {
        let Site { result, at, .. } = self.program.sites[site as usize];
        let args = self.program.sites[site as usize].args.clone();
        let caller = &self.program.callers[self.program.places[at as usize].caller as usize];
        let class = caller.class.filter(|_| caller.is_class);
        let mut is_known = false;
        for arg in &args {
            let Arg::Keyword(name, from) = arg else { continue };
            match (self.program.names.text(*name), class) {
                ("default_factory" | "factory", Some(class)) => {
                    self.factories.entry(class).or_default().push((*from, result));
                    self.hook(*from, Hook::InstanceOf { to: result });
                    self.hook(*from, Hook::Factory { to: result });
                    is_known = true;
                }
                ("default", _) => {
                    self.copy(*from, result);
                    is_known = true;
                }
                _ => {}
            }
        }
        is_known
    }

    /// The `__init__` that a decorator writes calls the factories of the fields.
    pub(super) fn call_factories(&mut self, class: u32, site: u32) {
        if self.factories.is_empty() {
            return;
        }
        let at = self.program.sites[site as usize].at;
        for base in self.order(class).iter() {
            let Base::Class(base) = base else { continue };
            for (callee, result) in self.factories.get(base).cloned().unwrap_or_default() {
                let by = Made::Field { site, factory: callee };
                if self.made.contains_key(&by) {
                    continue;
                }
                let site = self.site(Site {
                    callee,
                    args: Box::default(),
                    result,
                    at,
                    how: How::Argument,
                });
                self.made.insert(by, site);
                self.hook(callee, Hook::Argument { site });
            }
        }
    }
}
