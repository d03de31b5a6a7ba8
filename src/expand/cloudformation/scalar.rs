//! Calls whose result is a single value: `Ref`, `GetAtt`, `Sub`, `Join`, `If`, `FindInMap`, `Select`.

use super::branch::{Branch, Branches, Guard, MOST_BRANCHES, concatenate};
use super::call::{Call, Function, attribute_of};
use super::evaluate::{Evaluator, Scope, TOO_LONG, length};
use super::hole::{self, Stretch};
use super::template::Parameter;
use crate::source::{HopKind, Origin};
use crate::syntax::{Kind, Node};
use crate::value::{Content, Value, Why};

impl Evaluator<'_> {
    /// Every value that a node may have as a scalar.
    pub fn branches(&self, node: &Node<'_>, scope: &Scope<'_>) -> Branches {
        let origin = node.origin();
        let Some(call) = Call::of(node) else {
            return match node.kind() {
                Kind::Null => Branches::always(Value::absent(origin)),
                Kind::Scalar(text, _) => Branches::always(self.literal(text, scope, &origin)),
                _ => Branches::unknown(Why::new("not a scalar"), origin),
            };
        };
        let argument = &call.argument;
        match call.function {
            Function::Ref => match argument.text() {
                Some(name) => self.reference(name, &origin, scope),
                None => Branches::unknown(Why::new("name that is not written out"), origin),
            },
            Function::GetAtt => match attribute_of(argument) {
                Some((name, attribute, _)) => {
                    Branches::always(Value::new(Content::Attr(name.to_owned(), attribute), origin))
                }
                None => Branches::unknown(Why::new("name that is not written out"), origin),
            },
            Function::Sub => self.substituted(argument, &origin, scope),
            Function::Join => self.joined(argument, &origin, scope),
            Function::If => self.chosen(argument, &origin, scope),
            Function::FindInMap => self.looked_up(argument, &origin, scope),
            Function::Select => self.selected(argument, &origin, scope),
            Function::ImportValue => Branches::unknown(Why::new("value exported by another stack"), origin),
            Function::Split => Branches::unknown(Why::new("list where one value belongs"), origin),
            Function::Transform => Branches::unknown(Why::new("result of a macro"), origin),
            Function::And | Function::Or | Function::Not | Function::Equals | Function::Condition => {
                Branches::unknown(Why::new("condition where a value belongs"), origin)
            }
            Function::Computed => Branches::unknown(Why::new("computed by the platform"), origin),
        }
    }

    /// What a name stands for; `origin` is where it is used.
    pub fn reference(&self, name: &str, origin: &Origin, scope: &Scope<'_>) -> Branches {
        let too_long = || Branches::unknown(Why::new(TOO_LONG), origin.clone());
        if let Some(bound) = scope.get(name) {
            return if self.may_put(bound.length()) { bound.clone() } else { too_long() };
        }
        if name == "AWS::NoValue" {
            return Branches::always(Value::absent(origin.clone()));
        }
        if let Some(parameter) = self.template.parameters.get(name) {
            let given = self.template.given.get(name).map_or(0, length);
            let own = parameter.allowed.iter().chain(&parameter.default).filter_map(Node::text).map(str::len);
            return if self.may_put(own.sum::<usize>() + given) {
                self.parameter(name, parameter, origin)
            } else {
                too_long()
            };
        }
        // SAM lets `Ref` name what it makes of a resource: `Fn.Alias`, `Api.Stage`.
        let content = match name.split_once('.') {
            Some((base, rest)) if self.template.resources.contains_key(base) => Content::Attr(base.into(), rest.into()),
            _ => Content::Ref(name.to_owned()),
        };
        Branches::always(Value::new(content, origin.clone()))
    }

    /// A parameter is known only where the inputs give it; its default is one possibility.
    fn parameter(&self, name: &str, parameter: &Parameter<'_>, site: &Origin) -> Branches {
        let via = |origin: Origin| origin.via(HopKind::Parameter, &site.source, site.span);
        if parameter.is_looked_up() {
            return Branches::unknown(Why::new("value from the parameter store"), site.clone());
        }
        if let Some(given) = self.template.given.get(name) {
            let mut value = given.clone();
            value.origin = via(value.origin);
            return Branches::always(value);
        }
        let subject = format!("parameter `{name}`");
        let branch = |node: &Node<'_>, state: String| Branch {
            guard: Guard::of(&subject, &state),
            value: Value::known(node.text().unwrap_or("").to_owned(), via(node.origin())),
        };
        let allowed = &parameter.allowed;
        // What is secret must not stand in the words of a condition.
        if !allowed.is_empty() && allowed.len() <= MOST_BRANCHES && !parameter.is_secret {
            let of = |node: &Node<'_>| branch(node, format!("is `{}`", node.text().unwrap_or("")));
            return Branches(allowed.iter().map(of).collect());
        }
        let other = Value::unknown("parameter without a value", site.clone());
        match &parameter.default {
            None => Branches::always(other),
            Some(default) => Branches(vec![
                branch(default, "keeps its default".to_owned()),
                Branch { guard: Guard::of(&subject, "is given another value"), value: other },
            ]),
        }
    }

    fn substituted(&self, argument: &Node<'_>, origin: &Origin, scope: &Scope<'_>) -> Branches {
        let items = argument.items();
        let (text_node, map) = match &*items {
            [text, map] => (text, Some(map)),
            [text] => (text, None),
            _ => (argument, None),
        };
        let Some(text) = text_node.text() else {
            return Branches::unknown(Why::new("text that is not written out"), origin.clone());
        };
        if !self.may_put(text.len()) {
            return Branches::unknown(Why::new(TOO_LONG), origin.clone());
        }
        let file = self.text_of(&text_node.document().source);
        let places = hole::Places::of(file.as_deref(), text_node);
        let mut pieces = Vec::new();
        for stretch in hole::split(text) {
            let (name, written, nth) = match stretch {
                Stretch::Literal(text) => {
                    pieces.push(Branches::always(self.literal(&text, scope, &text_node.origin())));
                    continue;
                }
                Stretch::Hole { name, written, nth } => (name, written, nth),
            };
            if let Some(local) = map.and_then(|map| map.get(&name)) {
                pieces.push(self.branches(&local, scope));
                continue;
            }
            let mut site = text_node.origin();
            site.span = places.span(&written, nth);
            let site = site.via(HopKind::StringPart, &text_node.document().source, text_node.span());
            pieces.push(match name.split_once('.') {
                Some((base, attribute)) if scope.get(&name).is_none() => {
                    Branches::always(Value::new(Content::Attr(base.to_owned(), attribute.to_owned()), site))
                }
                _ => self.reference(&name, &site, scope),
            });
        }
        concatenate(&pieces, origin)
    }

    fn joined(&self, argument: &Node<'_>, origin: &Origin, scope: &Scope<'_>) -> Branches {
        let items = argument.items();
        let [delimiter, list] = &*items else {
            return Branches::unknown(Why::new("arguments that cannot be read"), origin.clone());
        };
        let Some(delimiter) = delimiter.text().or_else(|| delimiter.is_null().then_some("")) else {
            return Branches::unknown(Why::new("text that is not written out"), origin.clone());
        };
        match self.list(list, scope) {
            Err(why) => Branches::unknown(why, origin.clone()),
            Ok(values) if !self.may_put(delimiter.len().saturating_mul(values.len())) => {
                Branches::unknown(Why::new(TOO_LONG), origin.clone())
            }
            Ok(values) => {
                let between = Branches::always(Value::known(delimiter.to_owned(), origin.clone()));
                let mut pieces = Vec::new();
                for value in values.into_iter().filter(|value| !value.is_absent()) {
                    if !pieces.is_empty() {
                        pieces.push(between.clone());
                    }
                    pieces.push(value);
                }
                concatenate(&pieces, origin)
            }
        }
    }

    fn chosen(&self, argument: &Node<'_>, origin: &Origin, scope: &Scope<'_>) -> Branches {
        let items = argument.items();
        let [condition, yes, no] = &*items else {
            return Branches::unknown(Why::new("arguments that cannot be read"), origin.clone());
        };
        let name = condition.text().unwrap_or("");
        match self.decide(name) {
            Some(true) => self.branches(yes, scope),
            Some(false) => self.branches(no, scope),
            None => {
                let subject = format!("condition `{name}`");
                let mut out = self.branches(yes, scope).under(&Guard::of(&subject, "holds"));
                out.extend(self.branches(no, scope).under(&Guard::of(&subject, "does not hold")));
                if out.len() > MOST_BRANCHES {
                    return Branches::unknown(Why::new("too many possible values"), origin.clone());
                }
                Branches(out)
            }
        }
    }

    fn looked_up(&self, argument: &Node<'_>, origin: &Origin, scope: &Scope<'_>) -> Branches {
        match self.mapped(&argument.items(), scope) {
            Err(why) => Branches::unknown(why, origin.clone()),
            Ok(found) => {
                let all = found.iter().flat_map(|(guard, node)| self.branches(node, scope).under(guard));
                Branches(all.take(MOST_BRANCHES).collect())
            }
        }
    }

    fn selected(&self, argument: &Node<'_>, origin: &Origin, scope: &Scope<'_>) -> Branches {
        let items = argument.items();
        let [index, list] = &*items else {
            return Branches::unknown(Why::new("arguments that cannot be read"), origin.clone());
        };
        let index = self.branches(index, scope).known().and_then(|text| text.trim().parse::<usize>().ok());
        match (index, self.list(list, scope)) {
            (_, Err(why)) => Branches::unknown(why, origin.clone()),
            (Some(index), Ok(values)) if index < values.len() => values[index].clone(),
            _ => Branches::unknown(Why::new("index that is not known"), origin.clone()),
        }
    }
}
