//! Which names a module binds, and what it puts into them.

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, StmtAssign, StmtImport, StmtImportFrom};
use ruff_text_size::Ranged;

use super::{Bound, Walk};
use crate::code::Strength;
use crate::code::python::fold::{dotted, is_environment};
use crate::code::python::module::{Form, Name};

impl Walk<'_> {
    pub(super) fn bind(&mut self, name: &str) {
        if self.top && self.class.is_none() && !self.type_only {
            self.facts.bind(name);
        }
    }

    pub(super) fn bind_target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => {
                self.bind(name.id.as_str());
                self.bound.remove(name.id.as_str());
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.bind_target(element)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.bind_target(element)),
            Expr::Starred(starred) => self.bind_target(&starred.value),
            Expr::Attribute(_) if dotted(target).as_deref() == Some("sys.meta_path") => self.facts.children_open = true,
            Expr::Subscript(subscript) if is_environment(&subscript.value) => {
                self.variables_changed(Some(&subscript.slice));
            }
            Expr::Subscript(subscript) => match dotted(&subscript.value).as_deref() {
                Some("sys.modules" | "modules") => self.put_into_modules(std::iter::once(&*subscript.slice)),
                Some("sys.path") => self.path_change(None),
                _ => {}
            },
            _ => {}
        }
        if let Expr::Name(name) = target
            && name.id.as_str() == "__path__"
        {
            self.facts.children_open = true;
        }
    }

    pub(super) fn import(&mut self, import: &StmtImport) {
        for alias in &import.names {
            let module = alias.name.as_str().to_owned();
            let top = module.split('.').next().unwrap_or(&module).to_owned();
            match &alias.asname {
                Some(name) => {
                    self.bind(name.as_str());
                    self.bound.insert(name.as_str().to_owned(), Bound::module(&module));
                }
                None => {
                    self.bind(&top);
                    self.bound.insert(top.clone(), Bound::module(&top));
                }
            }
            let span = self.span(alias.name.range());
            self.record(module, 0, Vec::new(), false, Form::Import, span);
        }
    }

    pub(super) fn import_from(&mut self, import: &StmtImportFrom) {
        let module = import.module.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default();
        let mut names = Vec::new();
        let mut star = false;
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                star = true;
                continue;
            }
            let (name, own) = (alias.name.as_str().to_owned(), alias.asname.as_ref().unwrap_or(&alias.name).as_str());
            let (instead_of, level) = (self.tried_for(own), import.level);
            let bound = Bound { module: module.clone(), level, name: Some(name.clone()), instead_of };
            self.bound.insert(own.to_owned(), bound);
            names.push(Name { name, span: self.span(alias.name.range()) });
            self.bind(own);
        }
        if module == "__future__" {
            return;
        }
        let span = import.module.as_ref().map_or(import.range(), Ranged::range);
        let span = self.span(span);
        self.record(module, import.level, names, star, Form::From, span);
    }

    pub(super) fn assign(&mut self, assign: &StmtAssign) {
        for target in &assign.targets {
            // `sys.path` may be filtered, saved and put back.
            let kept = matches!(&*assign.value, Expr::ListComp(_) | Expr::Name(_) | Expr::Subscript(_));
            if !kept && dotted(target).as_deref() == Some("sys.path") {
                self.path_change(None);
            }
            // Another mapping takes its place.
            if matches!(target, Expr::Attribute(_)) && is_environment(target) {
                self.variables_changed(None);
            }
            self.bind_target(target);
            // What a branch that never runs would set stays as it is.
            if let Expr::Name(name) = target
                && !self.type_only
            {
                let is_sure = self.top && self.strength == Strength::Hard && self.instead_of.is_empty();
                match is_sure.then(|| self.folder().fold(&assign.value)).flatten() {
                    Some(value) => self.constants.insert(name.id.to_string(), value),
                    None => self.constants.remove(name.id.as_str()),
                };
            }
            self.visit_expr(target);
        }
        self.visit_expr(&assign.value);
    }
}
