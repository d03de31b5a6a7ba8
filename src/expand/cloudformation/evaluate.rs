//! Evaluates nodes of a template: plain ones as written, calls of intrinsic functions as far as
//! they can be decided.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::branch::Branches;
use super::call::{Call, Function};
use super::template::Template;
use crate::expand::applied::AppliedEntry;
use crate::expand::budget::Budget;
use crate::expand::{Applied, AppliedKind, Inputs};
use crate::source::{Origin, Source, TreePath};
use crate::syntax::{Kind, Node, Style};
use crate::value::{Content, Part, Value, Why};

/// Most entries that loops of one template may produce.
const MOST_LOOP_ENTRIES: usize = 5_000;

/// Most nodes that one template may become; loops, aliases, includes and Globals multiply what is
/// written.
const MOST_NODES: usize = 300_000;

/// Names that hold inside a part of the template: loop variables, the map of a `Sub`.
#[derive(Clone, Copy)]
pub enum Scope<'s> {
    /// None.
    Top,
    /// One more.
    Bound {
        /// The name.
        name: &'s str,
        /// What it stands for.
        value: &'s Branches,
        /// The names around it.
        outer: &'s Scope<'s>,
    },
}

impl<'s> Scope<'s> {
    /// What a name stands for.
    pub fn get(&self, wanted: &str) -> Option<&'s Branches> {
        match self {
            Self::Top => None,
            Self::Bound { name, value, .. } if *name == wanted => Some(value),
            Self::Bound { outer, .. } => outer.get(wanted),
        }
    }
}

/// Evaluates the nodes of one template under given inputs.
pub struct Evaluator<'a> {
    /// The template.
    pub template: &'a Template<'a>,
    /// The files it may read.
    pub inputs: &'a Inputs<'a>,
    /// The folder that written paths start from.
    pub folder: TreePath,
    texts: RefCell<BTreeMap<TreePath, Option<Arc<str>>>>,
    open: RefCell<Option<Why>>,
    pub(super) include_depth: Cell<usize>,
    loop_entries: Cell<usize>,
    nodes: Cell<usize>,
    budget: Budget,
}

/// Why a value is not known when texts that are long and named often would fill memory.
pub(super) const TOO_LONG: &str = "template with too much text";

/// Bytes of all that a value may be.
pub(super) fn length(value: &Value<String>) -> usize {
    let part = |part: &Part| if let Part::Known(text) = part { text.len() } else { 0 };
    match &value.content {
        Content::Known(text) | Content::Default(text) => text.len(),
        Content::Concat(parts) => parts.iter().map(part).sum(),
        Content::OneOf(branches) => branches.iter().map(|(_, value)| length(value)).sum(),
        _ => 0,
    }
}

impl<'a> Evaluator<'a> {
    /// An evaluator.
    pub fn new(template: &'a Template<'a>, inputs: &'a Inputs<'a>, folder: TreePath) -> Self {
        Self {
            template,
            inputs,
            folder,
            texts: RefCell::default(),
            open: RefCell::default(),
            include_depth: Cell::new(0),
            loop_entries: Cell::new(0),
            nodes: Cell::new(0),
            budget: Budget::new(),
        }
    }

    /// Why something of the template could not be seen, if so.
    pub fn open(&self) -> Option<Why> {
        self.open.borrow().clone()
    }

    /// Notes that something of the template could not be seen.
    pub fn note_open(&self, why: &'static str) {
        self.open.borrow_mut().get_or_insert_with(|| Why::new(why));
    }

    /// The text of a source, for places inside scalars.
    pub fn text_of(&self, source: &Source) -> Option<Arc<str>> {
        let mut texts = self.texts.borrow_mut();
        let read = || self.inputs.shared_text(source.path());
        texts.entry(source.path().clone()).or_insert_with(read).clone()
    }

    /// Takes nodes out of the budget; false when it is spent.
    pub fn may_add(&self, nodes: usize) -> bool {
        self.nodes.set(self.nodes.get().saturating_add(nodes));
        let may = self.nodes.get() <= MOST_NODES;
        if !may {
            self.note_open("template with too many nodes");
        }
        may
    }

    /// Takes bytes of text that are about to be put somewhere; false when none are left.
    pub fn may_put(&self, bytes: usize) -> bool {
        let may = self.budget.take(bytes);
        if !may {
            self.note_open(TOO_LONG);
        }
        may
    }

    /// A node as the platform will see it.
    pub fn evaluate(&self, node: &Node<'_>, scope: &Scope<'_>) -> Applied {
        if !self.may_add(1) {
            let why = Why::new("template with too many nodes");
            return Applied { origin: node.origin(), kind: AppliedKind::Unknown(why) };
        }
        let applied = match Call::of(node) {
            Some(call) => self.call(&call, node, scope),
            None => self.plain(node, scope),
        };
        match &applied.kind {
            AppliedKind::Scalar(value, _) if !self.may_put(length(value)) => {
                Applied { origin: node.origin(), kind: AppliedKind::Unknown(Why::new(TOO_LONG)) }
            }
            _ => applied,
        }
    }

    fn plain(&self, node: &Node<'_>, scope: &Scope<'_>) -> Applied {
        let origin = node.origin();
        let kind = match node.kind() {
            Kind::Null => AppliedKind::Null,
            Kind::Scalar(text, style) => AppliedKind::Scalar(self.literal(text, scope, &origin), style),
            Kind::Mapping => AppliedKind::Mapping(self.entries(node, scope)),
            Kind::Sequence => {
                let items = node.items();
                let applied = items.iter().map(|item| self.evaluate(item, scope));
                AppliedKind::Sequence(applied.filter(|item| !is_no_value(item)).collect())
            }
        };
        Applied { origin, kind }
    }

    /// Entries of a mapping: loops unrolled, includes merged, what is `AWS::NoValue` left out.
    pub fn entries(&self, node: &Node<'_>, scope: &Scope<'_>) -> Vec<AppliedEntry> {
        let mut out = Vec::new();
        for (key, value) in node.entries() {
            let name = key.text().unwrap_or("");
            if name.starts_with("Fn::ForEach::") {
                out.extend(self.unrolled(&value, scope));
                continue;
            }
            if name == "Fn::Transform" {
                out.extend(self.included(&value, scope).map(|found| found.entries().to_vec()).unwrap_or_default());
                continue;
            }
            let applied = self.evaluate(&value, scope);
            if !is_no_value(&applied) {
                let name = self.substitute(name, scope).unwrap_or_else(|| name.to_owned());
                out.push(AppliedEntry { name, name_origin: key.origin(), value: applied });
            }
        }
        out
    }

    /// The entries that a `Fn::ForEach` makes; none, and the template open, when its collection is
    /// not known.
    fn unrolled(&self, node: &Node<'_>, scope: &Scope<'_>) -> Vec<AppliedEntry> {
        let arguments = node.items();
        let mut out = Vec::new();
        let [variable, collection, body] = &*arguments else { return out };
        let items = self.list(collection, scope).unwrap_or_default();
        if items.is_empty() || items.iter().any(|item| item.known().is_none()) {
            self.note_open("loop over a collection that is not known");
            return out;
        }
        for item in &items {
            self.loop_entries.set(self.loop_entries.get() + 1);
            if self.loop_entries.get() > MOST_LOOP_ENTRIES {
                self.note_open("loop with too many entries");
                break;
            }
            let inner = Scope::Bound { name: variable.text().unwrap_or(""), value: item, outer: scope };
            out.extend(self.entries(body, &inner));
        }
        out
    }

    fn call(&self, call: &Call<'_>, node: &Node<'_>, scope: &Scope<'_>) -> Applied {
        let origin = node.origin();
        let of_items = |items: Result<Vec<Branches>, Why>| match items {
            Ok(items) => {
                let item = |branches: Branches| scalar(branches.value(&origin));
                AppliedKind::Sequence(items.into_iter().map(item).collect())
            }
            Err(why) => AppliedKind::Unknown(why),
        };
        let argument = &call.argument;
        let kind = match call.function {
            Function::If => return self.choose(argument, &origin, scope),
            Function::Transform => {
                return self.included(argument, scope).unwrap_or_else(|| {
                    self.note_open("included file that is not in the repository");
                    let why = Why::new("included file that is not in the repository");
                    Applied { origin, kind: AppliedKind::Unknown(why) }
                });
            }
            Function::Split => of_items(self.list(node, scope)),
            Function::Ref if self.is_list_parameter(argument) => of_items(self.list(node, scope)),
            Function::FindInMap => match self.mapped(&argument.items(), scope).as_deref() {
                Ok([(guard, only)]) if *guard == Default::default() => return self.evaluate(only, scope),
                _ => return scalar(self.branches(node, scope).value(&origin)),
            },
            Function::Select => {
                let items = argument.items();
                let literal = items.get(1).filter(|list| Call::of(list).is_none()).map(|list| list.items());
                let index = items.first().and_then(|item| self.branches(item, scope).known()?.parse::<usize>().ok());
                match (literal, index) {
                    (Some(list), Some(index)) if index < list.len() => return self.evaluate(&list[index], scope),
                    _ => return scalar(self.branches(node, scope).value(&origin)),
                }
            }
            _ => return scalar(self.branches(node, scope).value(&origin)),
        };
        Applied { origin, kind }
    }

    fn is_list_parameter(&self, argument: &Node<'_>) -> bool {
        let name = argument.text().unwrap_or("");
        self.template.parameters.get(name).is_some_and(|parameter| parameter.is_list())
    }

    /// A literal text: loop variables put in, dynamic references made holes.
    pub fn literal(&self, text: &str, scope: &Scope<'_>, origin: &Origin) -> Value<String> {
        // Charged before it is copied: thousands may name one long text.
        match self.may_put(text.len()).then(|| self.substitute(text, scope)).flatten() {
            Some(text) => with_dynamic_references(text, origin),
            None => Value::unknown(TOO_LONG, origin.clone()),
        }
    }

    /// Puts loop variables into a text. Outside loops nothing is touched. `None` when it grows too long.
    fn substitute(&self, text: &str, scope: &Scope<'_>) -> Option<String> {
        let mut out = text.to_owned();
        let mut at = scope;
        while let Scope::Bound { name, value, outer } = at {
            let known = value.known().unwrap_or("");
            let holes = value.known().map(|_| [format!("${{{name}}}"), format!("&{{{name}}}")]);
            for hole in holes.iter().flatten() {
                let count = out.matches(hole.as_str()).count();
                if count > 0 {
                    out = self.may_put(count.saturating_mul(known.len())).then(|| out.replace(hole, known))?;
                }
            }
            at = outer;
        }
        Some(out)
    }
}

/// A scalar node of a value.
pub fn scalar(value: Value<String>) -> Applied {
    Applied { origin: value.origin.clone(), kind: AppliedKind::Scalar(value, Style::Plain) }
}

/// True when the node is surely `AWS::NoValue`.
pub fn is_no_value(node: &Applied) -> bool {
    matches!(&node.kind, AppliedKind::Scalar(value, _) if value.is_absent())
}

/// `{{resolve:service:key}}` is filled in by the platform when it deploys.
fn with_dynamic_references(text: String, origin: &Origin) -> Value<String> {
    const OPEN: &str = "{{resolve:";
    if !text.contains(OPEN) {
        return Value::known(text, origin.clone());
    }
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while let Some(open) = rest.find(OPEN) {
        let Some(close) = rest[open..].find("}}").map(|i| open + i) else { break };
        if open > 0 {
            parts.push(Part::Known(rest[..open].to_owned()));
        }
        let why = Why::new("dynamic reference");
        parts.push(Part::Hole { name: None, attribute: None, why, origin: origin.clone() });
        rest = &rest[close + 2..];
    }
    if !rest.is_empty() {
        parts.push(Part::Known(rest.to_owned()));
    }
    match &*parts {
        [Part::Hole { why, .. }] => Value::new(Content::Unknown(why.clone()), origin.clone()),
        _ => Value::new(Content::Concat(parts), origin.clone()),
    }
}
