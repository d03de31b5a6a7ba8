//! References to what they stand for. What Terraform computes, and what only a deploy is given, is
//! unknown.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::text::{Piece, is_name, literal, pieces, reference};
use super::{ARCHIVE, bodies, bodies_of};
use crate::expand::applied::AppliedEntry;
use crate::expand::budget::{Budget, LONGEST};
use crate::expand::{Applied, AppliedKind};
use crate::source::{Hop, HopKind, Origin, TreePath};
use crate::syntax::{Kind, Node, Parsed, Style};
use crate::value::{Content, Part, Value, Why};

/// Why a value is not known when references lead round in a circle or too far.
const TOO_DEEP: &str = "references that lead too far";

/// Variables and locals of one folder.
pub struct Evaluator<'d> {
    /// The folder as seen from where Terraform runs.
    module: String,
    is_called: bool,
    variables: BTreeMap<&'d str, Option<Node<'d>>>,
    locals: BTreeMap<&'d str, Node<'d>>,
    /// Archives, of which another folder may be given the path.
    archives: BTreeMap<&'d str, Node<'d>>,
    /// Values from files that Terraform takes without being told.
    values: BTreeMap<&'d str, Node<'d>>,
    /// Variables to which callers, or files that must be named, give values; `None` where it is not known
    /// which of them holds.
    given: BTreeMap<&'d str, Option<Node<'d>>>,
    /// The folder whose call this is; what it gives is said in its own words.
    caller: Option<Box<Evaluator<'d>>>,
    /// What is evaluated is given to another folder, which does not see the resources of this one.
    is_caller: bool,
    budget: Budget,
}

impl<'d> Evaluator<'d> {
    /// For a folder, as seen from where Terraform runs.
    pub fn new(module: String) -> Self {
        Self {
            module,
            is_called: false,
            variables: BTreeMap::new(),
            locals: BTreeMap::new(),
            archives: BTreeMap::new(),
            values: BTreeMap::new(),
            given: BTreeMap::new(),
            caller: None,
            is_caller: false,
            budget: Budget::new(),
        }
    }

    /// Notes variables and locals of one file.
    pub fn add_configuration(&mut self, root: &Node<'d>) {
        for node in root.get("variable").iter().flat_map(bodies) {
            for (name, node) in node.entries() {
                let default = bodies(&node).first().and_then(|body| body.get("default"));
                self.variables.extend(name.text().map(|name| (name, default)));
            }
        }
        for node in root.get("locals").iter().flat_map(bodies) {
            self.locals.extend(node.entries().into_iter().filter_map(|(name, node)| Some((name.text()?, node))));
        }
        for section in ["resource", "data"] {
            for node in bodies_of(root, section).iter().flat_map(|types| bodies_of(types, ARCHIVE)) {
                let body = |(name, node): (Node<'d>, Node<'d>)| Some((name.text()?, bodies(&node).into_iter().next()?));
                self.archives.extend(node.entries().into_iter().filter_map(body));
            }
        }
    }

    /// Notes what files of variable values say that lie in the folder or below it.
    pub fn add_values(&mut self, folder: &TreePath, files: &'d [(TreePath, Arc<Parsed>)]) {
        for (path, file) in files.iter().filter(|(path, _)| path.is_under(folder)) {
            let name = path.file_name();
            let is_named_so = name.starts_with("terraform.tfvars") || name.contains(".auto.tfvars");
            let is_taken = path.is_directly_in(folder) && is_named_so;
            for (name, node) in file.documents.iter().flat_map(|document| document.root().entries()) {
                let Some(name) = name.text() else { continue };
                if is_taken {
                    self.values.insert(name, node);
                } else {
                    self.given.insert(name, None);
                }
            }
        }
    }

    /// Notes what callers of the folder give, each another value.
    pub fn add_callers(&mut self, callers: &[Node<'d>]) {
        self.is_called = true;
        let names = callers.iter().flat_map(Node::entries).filter_map(|(name, _)| name.text());
        self.given.extend(names.map(|name| (name, None)));
    }

    /// Notes what one call gives, from the folder that it stands in.
    pub fn add_call(&mut self, mut caller: Evaluator<'d>, call: &Node<'d>) {
        self.is_called = true;
        caller.is_caller = true;
        self.caller = Some(Box::new(caller));
        self.given.extend(call.entries().into_iter().filter_map(|(name, node)| Some((name.text()?, Some(node)))));
    }

    /// Archives of the folder whose call this is.
    pub fn archives_of_caller(&self) -> Vec<Applied> {
        let of = |caller: &Self| caller.archives.values().map(|archive| caller.node(archive)).collect();
        self.caller.as_deref().map(of).unwrap_or_default()
    }

    /// A node with its references followed.
    pub fn node(&self, node: &Node<'_>) -> Applied {
        self.at(node, 0)
    }

    fn at(&self, node: &Node<'_>, depth: usize) -> Applied {
        let origin = node.origin();
        if !self.budget.step(depth) {
            return unknown(TOO_DEEP, &origin);
        }
        let kind = match node.kind() {
            Kind::Null => AppliedKind::Null,
            Kind::Scalar(text, style) => return self.text(text, &origin, style, depth),
            Kind::Sequence => AppliedKind::Sequence(node.items().iter().map(|item| self.at(item, depth + 1)).collect()),
            Kind::Mapping => {
                let mut entries = Vec::new();
                for (key, value) in node.entries() {
                    // A name that is computed may be any.
                    let name = self.text(key.text().unwrap_or(""), &key.origin(), Style::Quoted, depth + 1);
                    let Some(name) = name.known() else {
                        return unknown("map whose keys are not known", &origin);
                    };
                    let value = self.at(&value, depth + 1);
                    entries.push(AppliedEntry { name: name.to_owned(), name_origin: key.origin(), value });
                }
                AppliedKind::Mapping(entries)
            }
        };
        Applied { origin, kind }
    }

    fn text(&self, text: &str, origin: &Origin, style: Style, depth: usize) -> Applied {
        if !self.budget.text(text) {
            return unknown(TOO_DEEP, origin);
        }
        let pieces = pieces(text);
        if let [Piece::Expression(expression)] = &pieces[..] {
            return self.expression(expression, origin, depth + 1);
        }
        let mut parts: Vec<Part> = Vec::new();
        let mut length = 0;
        for piece in pieces {
            let value = match piece {
                Piece::Text(text) => Value::known(text, origin.clone()),
                Piece::Directive => Value::unknown("text that a directive makes", origin.clone()),
                Piece::Expression(expression) => self.expression(&expression, origin, depth + 1).text(),
            };
            match (value.get(), parts.last_mut()) {
                (Some(text), Some(Part::Known(last))) => {
                    length += text.len();
                    last.push_str(text);
                }
                (Some(text), _) => parts.push(Part::Known(text.clone())),
                (None, _) => parts.extend(hole(&value, origin)),
            }
            if length > LONGEST {
                return unknown(TOO_DEEP, origin);
            }
        }
        let content = match &mut parts[..] {
            [] => Content::Known(String::new()),
            [Part::Known(text)] => Content::Known(std::mem::take(text)),
            _ => Content::Concat(parts),
        };
        scalar(content, origin, style)
    }

    fn expression(&self, expression: &str, origin: &Origin, depth: usize) -> Applied {
        if !self.budget.step(depth) {
            return unknown(TOO_DEEP, origin);
        }
        if let Some(text) = literal(expression) {
            return scalar(Content::Known(text.to_owned()), origin, Style::Plain);
        }
        // A bare word is a keyword, the name of a type or of an attribute: `ignore_changes = [filename]`.
        if is_name(expression) {
            return scalar(Content::Known(expression.to_owned()), origin, Style::Plain);
        }
        let Some(names) = reference(expression) else {
            return unknown("expression that Terraform computes", origin);
        };
        let hop = Hop { kind: HopKind::StringPart, source: origin.source.clone(), span: origin.span };
        match names[..] {
            ["var", name, ref rest @ ..] => self.variable(name, rest, origin, depth).through(&hop),
            ["local", name, ref rest @ ..] => match self.locals.get(name) {
                Some(node) => self.below(node, rest, depth).through(&hop),
                None => unknown("local value that nothing defines", origin),
            },
            ["path", "module"] => scalar(Content::Known(self.module.clone()), origin, Style::Quoted),
            ["path", "root"] if !self.is_called || self.caller.is_some() => {
                scalar(Content::Known(".".to_owned()), origin, Style::Quoted)
            }
            ["path", ..] => unknown("folder in which Terraform runs", origin),
            ["terraform", ..] => unknown("workspace", origin),
            ["each" | "count" | "self", ..] => unknown("one of several that a block makes", origin),
            ["data", kind, name, "output_path"] | [kind, name, "output_path"] if self.is_caller && kind == ARCHIVE => {
                match self.archives.get(name).and_then(|archive| archive.get("output_path")) {
                    Some(path) => self.at(&path, depth + 1).through(&hop),
                    None => unknown("archive that nothing defines", origin),
                }
            }
            _ if self.is_caller => unknown("attribute of what the caller makes", origin),
            ["data", kind, name, ref rest @ ..] if kind == ARCHIVE => attribute(&["data", kind, name], rest, origin),
            ["data", ..] => unknown("data source", origin),
            ["module", name, ref rest @ ..] => attribute(&["module", name], rest, origin),
            [kind, name, ref rest @ ..] => attribute(&[kind, name], rest, origin),
            _ => unknown("expression that Terraform computes", origin),
        }
    }

    /// What stands below a value that the repository gives, else below the default where nobody gives another.
    fn variable(&self, name: &str, rest: &[&str], origin: &Origin, depth: usize) -> Applied {
        if let Some(given) = self.given.get(name) {
            if let (Some(node), Some(caller)) = (given, &self.caller) {
                return caller.below(node, rest, depth);
            }
            let why = if self.is_called { "value that a caller gives" } else { "value of a file that a deploy names" };
            return unknown(why, origin);
        }
        if let Some(node) = self.values.get(name) {
            return self.below(node, rest, depth);
        }
        match self.variables.get(name) {
            Some(Some(default)) => self.below(default, rest, depth),
            Some(None) => unknown("variable that the repository does not set", origin),
            None => unknown("variable that nothing defines", origin),
        }
    }

    /// What stands below a node. Of a large map that many name only that part is evaluated.
    fn below(&self, node: &Node<'_>, names: &[&str], depth: usize) -> Applied {
        match names.split_first().and_then(|(name, rest)| Some((node.get(name)?, rest))) {
            Some((next, rest)) => self.below(&next, rest, depth),
            None => follow(self.at(node, depth + 1), names),
        }
    }
}

/// Names below a value.
fn follow(applied: Applied, names: &[&str]) -> Applied {
    let mut at = &applied;
    for name in names {
        if at.unknown().is_some() {
            return at.clone();
        }
        match at.get(name) {
            Some(next) => at = next,
            None => return unknown("part that the value does not have", &applied.origin),
        }
    }
    at.clone()
}

fn attribute(thing: &[&str], rest: &[&str], origin: &Origin) -> Applied {
    let content = match rest {
        [] => Content::Ref(thing.join(".")),
        _ => Content::Attr(thing.join("."), rest.join(".")),
    };
    scalar(content, origin, Style::Plain)
}

fn scalar(content: Content<String>, origin: &Origin, style: Style) -> Applied {
    Applied { origin: origin.clone(), kind: AppliedKind::Scalar(Value::new(content, origin.clone()), style) }
}

fn unknown(why: &'static str, origin: &Origin) -> Applied {
    Applied { origin: origin.clone(), kind: AppliedKind::Unknown(Why::new(why)) }
}

/// A value that is not known as a part of a text; nothing for one that is absent.
fn hole(value: &Value<String>, origin: &Origin) -> Vec<Part> {
    match &value.content {
        Content::Concat(parts) => parts.clone(),
        Content::Absent => Vec::new(),
        Content::Ref(name) => vec![named(name, None, value, origin)],
        Content::Attr(name, attribute) => vec![named(name, Some(attribute.clone()), value, origin)],
        _ => {
            let why = value.undecided().unwrap_or_else(|| Why::new("not decided"));
            vec![Part::Hole { name: None, attribute: None, why, origin: origin.clone() }]
        }
    }
}

fn named(name: &str, attribute: Option<String>, value: &Value<String>, origin: &Origin) -> Part {
    let why = value.undecided().unwrap_or_else(|| Why::new("not decided"));
    Part::Hole { name: Some(name.to_owned()), attribute, why, origin: origin.clone() }
}
