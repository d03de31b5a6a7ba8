//! Lists as values, and look-ups in mappings.

use super::branch::{Branches, Guard, MOST_BRANCHES};
use super::call::{Call, Function};
use super::evaluate::{Evaluator, Scope};
use crate::syntax::Node;
use crate::value::{Content, Value, Why};

impl<'a> Evaluator<'a> {
    /// The items of a list, or why they cannot be told apart.
    pub fn list(&self, node: &Node<'_>, scope: &Scope<'_>) -> Result<Vec<Branches>, Why> {
        let Some(call) = Call::of(node) else {
            if !node.is_sequence() {
                return Err(Why::new("not a list"));
            }
            let items = node.items();
            let all = items.iter().map(|item| self.branches(item, scope));
            return Ok(all.filter(|item| !item.is_absent()).collect());
        };
        let arguments = call.argument.items();
        match call.function {
            Function::Split => {
                let [delimiter, text] = &*arguments else { return Err(Why::new("arguments that cannot be read")) };
                let delimiter = delimiter.text().ok_or(Why::new("text that is not written out"))?;
                self.pieces(&self.branches(text, scope), delimiter)
            }
            Function::Ref => {
                let name = call.argument.text().unwrap_or("");
                if !self.template.parameters.get(name).is_some_and(|parameter| parameter.is_list()) {
                    return Err(Why::new("not a list"));
                }
                self.pieces(&self.branches(node, scope), ",")
            }
            Function::If => {
                let [condition, yes, no] = &*arguments else { return Err(Why::new("arguments that cannot be read")) };
                match self.decide(condition.text().unwrap_or("")) {
                    Some(true) => self.list(yes, scope),
                    Some(false) => self.list(no, scope),
                    None => Err(Why::new("list under a condition")),
                }
            }
            Function::FindInMap => match &*self.mapped(&arguments, scope)? {
                [(_, only)] => self.list(only, scope),
                _ => Err(Why::new("one of several lists")),
            },
            Function::Computed => Err(Why::new("computed by the platform")),
            _ => Err(Why::new("not a list")),
        }
    }

    fn pieces(&self, text: &Branches, delimiter: &str) -> Result<Vec<Branches>, Why> {
        let value = text.single().ok_or(Why::new("one of several lists"))?;
        let known = match &value.content {
            Content::Known(known) => known,
            _ => return Err(value.undecided().unwrap_or(Why::new("no list"))),
        };
        if !self.may_add(known.matches(delimiter).count()) {
            return Err(Why::new("template with too many nodes"));
        }
        let piece = |piece: &str| Branches::always(Value::known(piece.trim().to_owned(), value.origin.clone()));
        Ok(if delimiter.is_empty() { vec![piece(known)] } else { known.split(delimiter).map(piece).collect() })
    }

    /// The nodes that a `FindInMap` may find, each with when.
    pub fn mapped(&self, arguments: &[Node<'_>], scope: &Scope<'_>) -> Result<Vec<(Guard, Node<'a>)>, Why> {
        let [map, first, second, ..] = arguments else { return Err(Why::new("arguments that cannot be read")) };
        let map = self.branches(map, scope);
        let map = map.known().ok_or(Why::new("name that is not written out"))?;
        let map = self.template.mappings.get(map).ok_or(Why::new("mapping that is not in the template"))?;
        let mut out = Vec::new();
        for (guard, group) in self.under_key(map, &Guard::default(), first, scope)? {
            out.extend(self.under_key(&group, &guard, second, scope)?);
        }
        if out.is_empty() || out.len() > MOST_BRANCHES {
            return Err(Why::new("key that is not in the mapping"));
        }
        Ok(out)
    }

    /// What stands under a key that may have several values. A pseudo parameter (`AWS::Region`) may
    /// be any of the keys.
    fn under_key(
        &self,
        node: &Node<'a>,
        guard: &Guard,
        key: &Node<'_>,
        scope: &Scope<'_>,
    ) -> Result<Vec<(Guard, Node<'a>)>, Why> {
        let mut out = Vec::new();
        for branch in self.branches(key, scope).0 {
            let Some(guard) = guard.and(&branch.guard) else { continue };
            match &branch.value.content {
                Content::Known(text) => out.extend(node.get(text).map(|found| (guard, found))),
                Content::Ref(name) if name.starts_with("AWS::") => {
                    for (key, found) in node.entries() {
                        let state = format!("is `{}`", key.text().unwrap_or(""));
                        out.extend(guard.and(&Guard::of(&format!("`{name}`"), &state)).map(|guard| (guard, found)));
                    }
                }
                _ => return Err(branch.value.undecided().unwrap_or(Why::new("key that is not known"))),
            }
        }
        Ok(out)
    }
}
