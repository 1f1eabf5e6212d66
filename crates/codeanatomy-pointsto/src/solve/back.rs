//! Parameters that a function gives back as they are, which calls of it are not mixed for: also through a call of another such function.

use super::Solver;
use crate::program::{Arg, NONE, ParamKind, Var};

/// The calls of functions that give back what a call of theirs gives: the site, and whether the first parameter is bound.
pub(super) type Links = rustc_hash::FxHashMap<u32, Vec<(u32, bool)>>;

impl Solver {
    /// A site calls a function: it gives the arguments of the parameters that the function gives back.
    pub(super) fn linked_back(&mut self, site: u32, function: u32, is_bound: bool) {
        if let Some(links) = self.links.get_mut(&function) {
            links.push((site, is_bound));
        }
        for i in 0..self.program.functions[function as usize].returns.len() {
            let param = self.program.functions[function as usize].returns[i];
            self.give_back(site, function, is_bound, param);
        }
        while let Some((function, param)) = self.given_back.pop() {
            let returns = &mut self.program.functions[function as usize].returns;
            if returns.contains(&param) {
                continue;
            }
            returns.push(param);
            for i in 0..self.links.get(&function).map_or(0, Vec::len) {
                let (site, is_bound) = self.links[&function][i];
                self.give_back(site, function, is_bound, param);
            }
        }
    }

    /// What a site gives for a parameter is what it gets.
    fn give_back(&mut self, site: u32, function: u32, is_bound: bool, param: Var) {
        let result = self.program.sites[site as usize].result;
        let params = &self.program.functions[function as usize].params;
        let Some(position) = params.iter().position(|p| p.var == param) else {
            return;
        };
        let default = params[position].default;
        match self.given(site, function, is_bound, position) {
            (Some(from), _) => match self.program.passed.get(&result) {
                // The function around the call gives it back.
                Some(passed) if let Some((_, param)) = passed.params.iter().find(|(arg, _)| *arg == from) => {
                    self.given_back.push((passed.function, *param));
                }
                _ => self.copy(from, result),
            },
            // Its receivers are given one by one.
            (None, _) if is_bound && position == 0 => {}
            (None, true) => self.copy(param, result),
            (None, false) if default != NONE => self.copy(default, result),
            _ => {}
        }
    }

    /// What a site gives for a parameter, and whether it may give more than is written down.
    fn given(&self, site: u32, function: u32, is_bound: bool, position: usize) -> (Option<Var>, bool) {
        let params = &self.program.functions[function as usize].params;
        let param = &params[position];
        let is_positional = |kind: ParamKind| matches!(kind, ParamKind::PosOnly | ParamKind::Positional);
        let mut next = usize::from(is_bound && params.first().is_some_and(|p| is_positional(p.kind)));
        let mut is_open = false;
        let mut found = None;
        for arg in &self.program.sites[site as usize].args {
            match *arg {
                Arg::Positional(_) if is_open => {}
                Arg::Positional(from) => {
                    if next == position && is_positional(param.kind) {
                        found = Some(from);
                    }
                    next += 1;
                }
                Arg::Keyword(name, from) if name == param.name && param.kind != ParamKind::PosOnly => {
                    found = Some(from);
                }
                Arg::Keyword(..) => {}
                Arg::Star(_) | Arg::DoubleStar(_) => is_open = true,
            }
        }
        (found, is_open)
    }
}
