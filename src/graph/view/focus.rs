//! Parts of a view: what is joined to a name, what lies under a path.

use super::{NodeKind, View};
use crate::graph::{Graph, nearest};
use crate::source::TreePath;

/// Most names that are suggested.
const SUGGESTED: usize = 3;

/// No thing has the name that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// Names that are close, the closest first.
    pub near: Vec<String>,
}

impl View {
    /// The things of that name, and all that they lead to and that leads to them.
    ///
    /// A name is a title, an address, or the end of one; letters in another case count when nothing else
    /// bears the name.
    pub fn focus(&self, name: &str) -> Result<Self, UnknownName> {
        let by_title = |index: &usize| self.nodes[*index].title == name;
        let by_case = |index: &usize| self.nodes[*index].title.eq_ignore_ascii_case(name);
        let by_id = |index: &usize| {
            let id = self.nodes[*index].id.as_str();
            id == name || id.strip_suffix(name).is_some_and(|rest| rest.ends_with(['/', '#', ':']))
        };
        let all = |test: &dyn Fn(&usize) -> bool| (0..self.nodes.len()).filter(test).collect::<Vec<usize>>();
        let tests: [&dyn Fn(&usize) -> bool; 3] = [&by_title, &by_case, &by_id];
        let found = tests.iter().map(|test| all(test)).find(|found| !found.is_empty());
        let Some(found) = found else { return Err(UnknownName { near: self.near(name) }) };
        let mut part = self.clone();
        for index in &found {
            part.nodes[*index].focused = true;
        }
        Ok(part.with_nodes(&self.joined_to(&found)))
    }

    /// What lies in files under these paths, and all that is joined to it.
    pub fn under(&self, graph: &Graph, bases: &[TreePath]) -> Self {
        let is_under = |path: &TreePath| bases.iter().any(|base| path.is_under(base));
        let is_shown = |index: &usize| {
            let node = &self.nodes[*index];
            let own = node.facts.first().and_then(|(subject, index)| graph.facts.place(subject, *index));
            // Code bears its path as its name, wherever it is asked for.
            if matches!(node.kind, NodeKind::Artifact | NodeKind::Code) && is_under(&node.title.as_str().into()) {
                return true;
            }
            match (own, node.set) {
                (Some(place), _) => is_under(place.origin.source.file().path()),
                (None, Some(set)) => is_under(&graph.set(set).root),
                (None, None) => false,
            }
        };
        let start: Vec<usize> = (0..self.nodes.len()).filter(is_shown).collect();
        let mut part = self.with_nodes(&self.joined_to(&start));
        let in_scope = |(subject, index): &(&'static str, usize)| {
            graph.facts.place(subject, *index).is_some_and(|place| is_under(place.origin.source.file().path()))
        };
        part.others = self.others.iter().filter(|fact| in_scope(fact)).copied().collect();
        part
    }

    /// Nodes that lead to these or that these lead to.
    fn joined_to(&self, start: &[usize]) -> Vec<bool> {
        let mut keep = vec![false; self.nodes.len()];
        for forward in [true, false] {
            let mut next: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
            for edge in &self.edges {
                let (from, to) = if forward { (edge.from, edge.to) } else { (edge.to, edge.from) };
                next[from].push(to);
            }
            let mut seen = vec![false; self.nodes.len()];
            let mut open = start.to_vec();
            while let Some(node) = open.pop() {
                if !std::mem::replace(&mut seen[node], true) {
                    open.extend(&next[node]);
                }
            }
            keep.iter_mut().zip(seen).for_each(|(keep, seen)| *keep |= seen);
        }
        keep
    }

    /// Names that were probably meant.
    fn near(&self, name: &str) -> Vec<String> {
        let mut titles: Vec<&str> =
            self.nodes.iter().filter(|node| node.kind != NodeKind::Group).map(|node| node.title.as_str()).collect();
        titles.sort_unstable();
        titles.dedup();
        let mut out = Vec::new();
        while let Some(near) = nearest(name, titles.iter().copied()).filter(|_| out.len() < SUGGESTED) {
            out.push(near.to_owned());
            titles.retain(|title| *title != near);
        }
        let lower = name.to_lowercase();
        let holds = titles.iter().filter(|title| !lower.is_empty() && title.to_lowercase().contains(&lower));
        let more = holds.take(SUGGESTED.saturating_sub(out.len())).map(|title| (*title).to_owned());
        out.extend(more.collect::<Vec<_>>());
        out
    }
}
