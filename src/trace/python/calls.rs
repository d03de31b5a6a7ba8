//! Calls from module to module: what a function evaluates once another module calls it.

use super::locate::{Located, parts};
use super::{Fault, Walk, Way};
use crate::code::Strength;
use crate::code::python::{Form, ModuleFacts, OnCall, OutCall};
use crate::runtime::python::Found;
use crate::source::TreePath;
use crate::trace::reach::shown;

/// Most functions of one package that are followed.
const CALLS: usize = 10_000;
/// How often a name is followed from the module that hands it on to where it comes from.
const HOPS: usize = 8;

/// A function that is called.
struct Callee {
    path: TreePath,
    function: String,
    /// While modules are loaded; else once the handler is called.
    on_load: bool,
    /// Number of the file that leads to it.
    index: usize,
}

impl Walk<'_> {
    /// Follows the calls that a module surely makes when it is loaded, and those that the handler surely makes.
    pub(super) fn calls(&mut self, base: Way<'_>, facts: &ModuleFacts, on_call: Option<&OnCall>) {
        let mut waiting = Vec::new();
        for (at, call) in facts.out_calls.iter().enumerate() {
            let on_load = base.own == Strength::Hard && call.strength == Strength::Hard;
            let on_request = on_call.and_then(|on_call| on_call.call(at)) == Some(Strength::Hard);
            if on_load || on_request {
                waiting.extend(self.callee(base.path, base.index, call, on_load));
            }
        }
        while let Some(callee) = waiting.pop() {
            let key = (callee.path.clone(), callee.function.clone(), callee.on_load);
            if self.called.len() < CALLS && self.called.insert(key) {
                waiting.extend(self.call(&callee));
            }
        }
    }

    /// What one function does; the functions that it calls in turn.
    fn call(&mut self, callee: &Callee) -> Vec<Callee> {
        let Some(module) = self.file(&callee.path) else { return Vec::new() };
        let Ok(facts) = &module.facts else { return Vec::new() };
        let Some(on_call) = facts.on_call(&callee.function) else { return Vec::new() };
        if facts.is_replaced(&callee.function) {
            return Vec::new();
        }
        let own = if callee.on_load { Strength::Hard } else { Strength::Late };
        let index = self.reach.index(&callee.path).unwrap_or(callee.index);
        let way = Way::to_file(index, &callee.path, &module.source, own);
        self.follow(way, facts, |at, _| {
            let strength = on_call.import(at)?;
            Some((strength.min(own), Some(strength).filter(|_| !callee.on_load)))
        });
        if callee.on_load {
            self.metadata(way, facts, Some(&on_call));
            self.files_named(way, facts, Some(&on_call));
        }
        let further = facts.out_calls.iter().enumerate();
        let further = further.filter(|(at, _)| on_call.call(*at) == Some(Strength::Hard));
        further.filter_map(|(_, call)| self.callee(&callee.path, index, call, callee.on_load)).collect()
    }

    /// The function that a call leads to, when it stands in a file of source.
    fn callee(&mut self, from: &TreePath, index: usize, call: &OutCall, on_load: bool) -> Option<Callee> {
        let (mut from, mut module, mut level) = (from.clone(), call.module.clone(), call.level);
        let mut function = call.name.clone();
        for _ in 0..HOPS {
            let folder = self.relative(&from, level).ok()?;
            let parts = parts(&module);
            let target = match self.locate(&parts, folder.as_ref()) {
                Located::Found(steps) => steps.last().cloned().or_else(|| Some(self.package(&folder?)))?,
                _ => return None,
            };
            let (path, function_there) = self.below(target, &function)?;
            function = function_there;
            let facts = self.facts(&path)?;
            if facts.on_call(&function).is_some() {
                return Some(Callee { path, function, on_load, index });
            }
            // The module hands on what it takes from another one.
            let first = function.split('.').next().unwrap_or_default();
            let mut taken = facts.imports.iter().filter(|import| import.form == Form::From && !import.type_only);
            let import = taken.find(|import| import.names.iter().any(|name| name.name == first))?;
            (module, level) = (import.module.clone(), import.level);
            from = path;
        }
        None
    }

    /// The file in which a dotted name is, seen from a module or package, and what is left of the name there.
    fn below(&mut self, mut target: Found, name: &str) -> Option<(TreePath, String)> {
        let mut name = name.to_owned();
        loop {
            let next = name.split_once('.').map(|(first, rest)| (first.to_owned(), rest.to_owned()));
            let path = match &target {
                Found::Source(path, _) => Some(path.clone()),
                Found::Namespace(_) => None,
                Found::Opaque(..) => return None,
            };
            let has = match &path {
                Some(path) => self.facts(path).is_none_or(|facts| facts.on_call(&name).is_some()),
                None => false,
            };
            let module = next
                .filter(|_| !has)
                .and_then(|(first, rest)| Some((self.finder.find(target.folders(), &first)?, rest)));
            match module {
                Some((found, rest)) => (target, name) = (found, rest),
                None => return Some((path?, name)),
            }
        }
    }

    /// Files that code names on load, that its distribution lists, and that are gone.
    pub(super) fn files_named(&mut self, base: Way<'_>, facts: &ModuleFacts, on_call: Option<&OnCall>) {
        let Some(owner) = self.installed.owner(base.path).filter(|_| !facts.files.is_empty()) else { return };
        if base.own != Strength::Hard || self.lost.contains(&owner) {
            return;
        }
        let gone = self.files_gone(owner);
        for (at, file) in facts.files.iter().enumerate() {
            let strength = on_call.map_or(Some(file.strength), |on_call| on_call.file(at));
            // Modules are imported; where they are opened by name, tools look for any of that name.
            let ending = format!("/{}", file.name.trim_start_matches('/'));
            let is_named = |path: &&TreePath| !ending.ends_with(".py") && shown(path).ends_with(&ending);
            if strength >= Some(Strength::Conditional)
                && strength != Some(Strength::Late)
                && let Some(path) = gone.iter().find(is_named)
                && self.installed.get(owner).files.iter().filter(is_named).count() == 1
            {
                let name = self.installed.get(owner).name.clone();
                let error = format!("No such file or directory: '/{path}'");
                let fault = Fault::new("incomplete-distribution", file.span, error).name(&name).module(&name);
                self.fault(base, fault);
                self.lost.insert(owner);
                return;
            }
        }
    }
}
