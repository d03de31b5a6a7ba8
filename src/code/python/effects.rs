//! Calls that load modules, change where modules come from, or need metadata.

use ruff_python_ast::{Expr, ExprCall, InterpolatedStringElement, Operator};
use ruff_text_size::Ranged;

use super::fold::{Constant, Folder, dotted};
use super::module::{Form, Metadata, PathChange, PathFolder};
use super::walk::{LITERALS, Walk};
use crate::code::Strength;

impl Walk<'_> {
    /// A module's name that is a literal, or the literals that a loop's variable takes.
    pub(super) fn literals(&self, expr: &Expr) -> Vec<String> {
        match expr {
            Expr::StringLiteral(text) => vec![text.value.to_str().to_owned()],
            Expr::Name(name) => match self.loops.get(name.id.as_str()) {
                Some(values) => values.clone(),
                None => match self.constants.get(name.id.as_str()) {
                    Some(Constant::Text(text)) => vec![text.clone()],
                    _ => Vec::new(),
                },
            },
            Expr::FString(string) => {
                // `f"plugins.{name}"` over a literal loop.
                let mut texts = vec![String::new()];
                for element in string.value.elements() {
                    let parts = match element {
                        InterpolatedStringElement::Literal(text) => vec![text.value.to_string()],
                        InterpolatedStringElement::Interpolation(hole) => self.literals(&hole.expression),
                    };
                    texts =
                        texts.iter().flat_map(|text| parts.iter().map(move |part| format!("{text}{part}"))).collect();
                    texts.truncate(LITERALS);
                }
                texts
            }
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                let (left, right) = (self.literals(&sum.left), self.literals(&sum.right));
                let mut out: Vec<String> =
                    left.iter().flat_map(|left| right.iter().map(move |right| format!("{left}{right}"))).collect();
                out.truncate(LITERALS);
                out
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn call(&mut self, call: &ExprCall) {
        let Some(name) = dotted(&call.func) else { return };
        let span = self.span(call.range());
        match name.as_str() {
            "importlib.import_module" | "import_module" | "__import__" | "_importlib.import_module" => {
                let Some(first) = call.arguments.args.first() else { return };
                let package = call.arguments.args.len() > 1 || !call.arguments.keywords.is_empty();
                for text in self.literals(first) {
                    let level = text.bytes().take_while(|byte| *byte == b'.').count();
                    let module = text[level..].to_owned();
                    if module.is_empty() || (name == "__import__" && package && level > 0) {
                        continue;
                    }
                    let level = u32::try_from(level).unwrap_or(0);
                    self.record(module, level, Vec::new(), false, Form::ImportModule, span);
                }
            }
            "globals" | "exec" | "vars" | "locals" => self.facts.open = true,
            "setattr" => self.facts.open = true,
            "sys.path.append" | "site.addsitedir" => self.path_change(call.arguments.args.first()),
            "sys.path.insert" => self.path_change(call.arguments.args.get(1)),
            "sys.path.extend" => match call.arguments.args.first() {
                Some(Expr::List(list)) => list.elts.iter().for_each(|element| self.path_change(Some(element))),
                _ => self.path_change(None),
            },
            "sys.modules.setdefault"
            | "sys.modules.update"
            | "sys.modules.__setitem__"
            | "sys.meta_path.append"
            | "sys.meta_path.insert"
            | "__path__.append"
            | "__path__.insert"
            | "__path__.extend" => {
                self.facts.children_open = true;
                self.facts.open = true;
            }
            "lazy.attach" | "lazy_loader.attach" | "lazy.attach_stub" => self.facts.open = true,
            "metadata.version"
            | "importlib.metadata.version"
            | "importlib_metadata.version"
            | "version"
            | "pkg_resources.get_distribution"
            | "get_distribution"
            | "metadata.metadata"
            | "importlib.metadata.metadata"
            | "importlib.metadata.distribution"
            | "metadata.distribution"
            | "importlib_metadata.distribution" => {
                let known = name.contains('.')
                    || self.bound.get(&name).is_some_and(|m| m.contains("metadata") || m == "pkg_resources");
                if let (true, Some(first)) = (known, call.arguments.args.first())
                    && let [distribution] = self.literals(first).as_slice()
                {
                    let strength = if self.type_only { Strength::Soft } else { self.strength };
                    self.facts.metadata.push(Metadata {
                        distribution: distribution.clone(),
                        span,
                        strength,
                        function: self.function,
                    });
                }
            }
            _ => {}
        }
        let callee = self.facts.functions.get(&name).or_else(|| self.facts.functions.get(&format!("{name}.__init__")));
        if let Some(callee) = callee {
            self.facts.calls.calls.push((self.function, *callee, self.strength));
        }
    }

    /// `sys.path` gets a folder, or something that cannot be told.
    pub(super) fn path_change(&mut self, added: Option<&Expr>) {
        if self.type_only || self.strength == Strength::Soft {
            return;
        }
        let folder = added.and_then(|expr| self.folder(expr));
        self.facts.path_changes.push(PathChange { folder, on_load: self.top });
    }

    fn folder(&self, expr: &Expr) -> Option<PathFolder> {
        match (Folder { target: self.target, constants: &self.constants }.fold(expr))? {
            Constant::Here(path) => Some(PathFolder::Here(path)),
            Constant::Text(path) => Some(PathFolder::Written(path)),
            _ => None,
        }
    }
}
