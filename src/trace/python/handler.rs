//! The handler: which function of which file, and whether it is there.

use super::Walk;
use super::locate::Located;
use super::names::Offer;
use crate::code::Strength;
use crate::facts::Artifact;
use crate::runtime::python::{Found, HandlerName, near_handler};
use crate::trace::reach::shown;
use crate::value::{Value, Why};

/// Handlers that are tried when nobody names one, most usual first.
const USUAL_HANDLERS: [&str; 8] = [
    "lambda_function.lambda_handler",
    "app.lambda_handler",
    "app.handler",
    "main.handler",
    "handler.handler",
    "index.handler",
    "main.lambda_handler",
    "handler.lambda_handler",
];
/// Most names of a module that a message lists.
const EXPORTS: usize = 20;

impl Walk<'_> {
    /// Finds the handler's module and enters it; false when there is nothing to walk through.
    pub(super) fn begin(&mut self, artifact: &mut Artifact) -> bool {
        let Some(name) = self.handler_name(artifact) else { return false };
        let parts: Vec<&str> = name.module.split('.').collect();
        if self.finder.version().is_builtin(parts.first().copied().unwrap_or_default()) {
            artifact.handler_fault = "handler-shadowed-by-builtin";
            artifact.handler_error = format!("Cannot use built-in module {} as a handler module", name.module);
            return false;
        }
        let stem = name.module.replace('.', "/");
        artifact.handler_candidates = format!("{stem}.py, {stem}/__init__.py");
        let Located::Found(steps) = self.locate(&parts, None) else {
            if self.request.more_layers.is_some() {
                artifact.not_judged = Some(Why::new("handler may lie in a layer that is not known"));
            } else {
                artifact.handler_near = near_handler(self.tree, &name).map(|path| shown(&path)).unwrap_or_default();
            }
            return false;
        };
        let Some((Found::Source(path, _), above)) = steps.split_last() else {
            artifact.not_judged = Some(Why::new("handler's module is compiled"));
            return false;
        };
        artifact.handler_file = shown(path);
        self.handler_module.clone_from(&name.module);
        self.function.clone_from(&name.function);
        self.reach.reach(path.clone(), Strength::Hard, None);
        if self.finder.version().runs_packages_of_handler() {
            for step in above {
                self.enter(step, Strength::Hard, None);
            }
        }
        let Some(facts) = self.facts(path) else { return true };
        let origin = artifact.handler.origin.clone();
        let offer = self.offers(path, &facts, &name.function);
        artifact.handler_exported = match offer {
            Offer::Unknown => Value::unknown("the names of the handler's module are made while it runs", origin),
            offer => Value::known(offer != Offer::No, origin),
        };
        if offer == Offer::No {
            artifact.handler_fault = "handler-not-exported";
            artifact.handler_error = format!("Handler '{}' missing on module '{}'", name.function, name.module);
            artifact.handler_exports = facts.names.keys().take(EXPORTS).cloned().collect::<Vec<_>>().join(", ");
        }
        true
    }

    /// The handler that is named, or the first usual one that leads to a file.
    fn handler_name(&mut self, artifact: &mut Artifact) -> Option<HandlerName> {
        if let Some(handler) = &self.request.handler {
            return match HandlerName::parse(handler) {
                Ok(name) => Some(name),
                Err(error) => {
                    artifact.handler_fault = "malformed-handler";
                    artifact.handler_error = format!("Bad handler '{handler}': {error}");
                    None
                }
            };
        }
        for handler in USUAL_HANDLERS {
            let Ok(name) = HandlerName::parse(handler) else { continue };
            if let Located::Found(steps) = self.locate(&[name.module.as_str()], None)
                && let Some(Found::Source(path, _)) = steps.last()
                && self.facts(path).is_none_or(|facts| facts.names.contains_key(&name.function))
            {
                artifact.handler = Value::default(handler.to_owned(), artifact.handler.origin.clone());
                return Some(name);
            }
        }
        artifact.not_judged = Some(Why::new("no handler is named and none of the usual files is there"));
        None
    }
}
