//! For people: a mermaid flow chart, as GitHub and GitLab draw it.
//!
//! Syntax: mermaid.js.org, "Flowcharts" (11, 2026-07). Every name is between quotes and has no character
//! that means anything to mermaid, markdown or HTML.

use std::collections::{BTreeMap, BTreeSet};

use super::Picture;
use crate::facts::SetId;
use crate::graph::Graph;
use crate::graph::view::{Edge, EdgeKind, Level, Node, NodeKind, State, View};
use crate::render::{with_reasons, words};

/// Nodes that can be looked at.
const MOST_NODES: usize = 500;
/// Edges that mermaid draws (`maxEdges`, mermaid 11).
const MOST_EDGES: usize = 500;
/// Characters that mermaid reads (`maxTextSize`, mermaid 11).
const MOST_TEXT: usize = 50_000;
/// Longest label, characters.
const LONGEST: usize = 80;
/// Characters that are kept of the start of a longer one.
const HEAD: usize = 30;
/// Keys that one arrow names.
const MOST_KEYS: usize = 3;

/// The graph as a diagram, as fine as it can be drawn.
pub fn render(picture: &Picture<'_>) -> String {
    let view = without_loners(picture.view, picture.focus.is_some());
    let hidden = picture.view.nodes.len() - view.nodes.len();
    let mut drawn = String::new();
    for level in Level::ALL {
        let part = view.at(picture.graph, *level);
        if part.nodes.len() > MOST_NODES && Level::ALL.last() != Some(level) {
            continue;
        }
        let arrows = arrows(&part);
        drawn = Drawing { view: &part, graph: picture.graph, arrows: &arrows }
            .draw(&remarks(picture, &view, *level, hidden));
        if part.nodes.len() <= MOST_NODES && arrows.len() <= MOST_EDGES && drawn.chars().count() <= MOST_TEXT {
            break;
        }
    }
    drawn
}

/// What people must know to read the diagram, as comments: our words and numbers alone.
fn remarks(picture: &Picture<'_>, view: &View, level: Level, hidden: usize) -> Vec<String> {
    let mut out = Vec::new();
    let how = match level {
        Level::Whole => None,
        Level::Roots => Some("what several releases of one root have in common is one node"),
        Level::Services => Some("what belongs to one service, API or function is one node"),
        Level::Sets => Some("each node is the release sets of one root"),
        Level::Folders(_) => Some("each node is the release sets below a folder"),
    };
    if let Some(how) = how {
        let (nodes, edges) = (view.nodes.len(), view.edges.len());
        out.push(format!("too much to draw ({nodes} nodes, {edges} edges), so {how}"));
        out.push("name a PATH or use --focus to see a part; --format json has all".to_owned());
    }
    if hidden > 0 {
        out.push(format!("{hidden} of configuration and packages are joined to nothing and not drawn"));
    }
    if !picture.skipped.is_empty() {
        let skipped = with_reasons(picture.skipped, "file");
        out.push(format!("recognised, not read and not drawn: {}", escaped(&skipped)));
    }
    out
}

/// Configuration and packages of source code that nothing is joined to say nothing in a picture.
fn without_loners(view: &View, is_focused: bool) -> View {
    if is_focused {
        return view.clone();
    }
    let joined: BTreeSet<usize> = view.edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    let is_quiet = |node: &Node| {
        matches!(node.kind, NodeKind::Configuration | NodeKind::ConfigObject | NodeKind::Package | NodeKind::Artifact)
    };
    view.keeping(|index, node| !is_quiet(node) || joined.contains(&index))
}

/// Everything that leads from one node to another, as one arrow.
struct Arrow<'v> {
    from: usize,
    to: usize,
    label: String,
    state: &'v State,
}

fn arrows(view: &View) -> Vec<Arrow<'_>> {
    let mut by_ends: BTreeMap<(usize, usize), Vec<&Edge>> = BTreeMap::new();
    for edge in &view.edges {
        by_ends.entry((edge.from, edge.to)).or_default().push(edge);
    }
    by_ends
        .into_iter()
        .filter_map(|((from, to), edges)| {
            // One sound reason is enough.
            let state = edges.iter().map(|edge| &edge.state).min()?;
            Some(Arrow { from, to, label: label(&edges), state })
        })
        .collect()
}

fn label(edges: &[&Edge]) -> String {
    let mut words: Vec<String> = Vec::new();
    for edge in edges {
        let key = words::name(&edge.label);
        let word = match edge.kind {
            EdgeKind::HasRoute | EdgeKind::Invokes | EdgeKind::Selects | EdgeKind::Runs if key.is_empty() => continue,
            EdgeKind::Calls if !key.is_empty() => key,
            kind if key.is_empty() => kind.word().to_owned(),
            EdgeKind::DependsOn => key,
            kind => [kind.word(), " ", &key].concat(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let more = words.len().saturating_sub(MOST_KEYS);
    words.truncate(MOST_KEYS);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    words.join(", ")
}

struct Drawing<'a> {
    view: &'a View,
    graph: &'a Graph,
    arrows: &'a [Arrow<'a>],
}

impl Drawing<'_> {
    fn draw(&self, remarks: &[String]) -> String {
        let mut out = String::from("flowchart LR\n");
        for remark in remarks {
            out.push_str(&format!("  %% {remark}\n"));
        }
        let mut by_set: BTreeMap<Option<SetId>, Vec<usize>> = BTreeMap::new();
        for (index, node) in self.view.nodes.iter().enumerate() {
            // A frame around a release set that is drawn as one node says nothing.
            let set = node.set.filter(|_| node.kind != NodeKind::Group);
            by_set.entry(set).or_default().push(index);
        }
        for (place, (set, nodes)) in by_set.iter().enumerate() {
            let Some(set) = set else {
                nodes.iter().for_each(|index| out.push_str(&self.node(*index, "  ")));
                continue;
            };
            let title = escaped(&words::address(&self.graph.set(*set).path()));
            out.push_str(&format!("  subgraph s{place}[\"{title}\"]\n"));
            nodes.iter().for_each(|index| out.push_str(&self.node(*index, "    ")));
            out.push_str("  end\n");
        }
        for arrow in self.arrows {
            let line = if *arrow.state == State::Sound { "-->" } else { "-.->" };
            let words = match arrow.state {
                State::Broken(_) if arrow.label.is_empty() => "✗".to_owned(),
                State::Broken(_) => ["✗ ", &arrow.label].concat(),
                State::Doubtful(_) if arrow.label.is_empty() => "?".to_owned(),
                State::Doubtful(_) => [&arrow.label, " ?"].concat(),
                State::Sound => arrow.label.clone(),
            };
            let label = if words.is_empty() { String::new() } else { format!("|\"{}\"|", escaped(&words)) };
            out.push_str(&format!("  n{} {line}{label} n{}\n", arrow.from + 1, arrow.to + 1));
        }
        out.push_str(&self.classes());
        out
    }

    /// `n1["workload: web"]`, in the shape of its kind.
    fn node(&self, index: usize, indent: &str) -> String {
        let Some(node) = self.view.nodes.get(index) else { return String::new() };
        let (open, close) = match node.kind {
            NodeKind::Workload => ("[", "]"),
            NodeKind::Service => ("([", "])"),
            NodeKind::Api => ("{{", "}}"),
            NodeKind::Route => (">", "]"),
            NodeKind::Function => ("[[", "]]"),
            NodeKind::Artifact | NodeKind::Code | NodeKind::Package => ("[(", ")]"),
            NodeKind::Configuration | NodeKind::ConfigObject => ("[/", "/]"),
            NodeKind::Resource | NodeKind::Principal | NodeKind::Host | NodeKind::Declared => ("(", ")"),
            NodeKind::Missing | NodeKind::Group => ("[", "]"),
        };
        format!("{indent}n{}{open}\"{}\"{close}\n", index + 1, escaped(&said(node)))
    }

    /// What is missing and what was asked for stand out.
    fn classes(&self) -> String {
        let missing = self.class("missing", "stroke-dasharray: 5 5,stroke:#c00", |node| node.kind == NodeKind::Missing);
        missing + &self.class("focused", "stroke-width:4px", |node| node.focused)
    }

    fn class(&self, name: &str, style: &str, wanted: impl Fn(&Node) -> bool) -> String {
        let nodes = self.view.nodes.iter().enumerate().filter(|(_, node)| wanted(node));
        let names: Vec<String> = nodes.map(|(index, _)| format!("n{}", index + 1)).collect();
        if names.is_empty() {
            return String::new();
        }
        format!("  classDef {name} {style}\n  class {} {name}\n", names.join(","))
    }
}

/// What stands in a node: `workload: web`, `55 packages`, `k8s:deploy, 3 workloads`.
fn said(node: &Node) -> String {
    let counted = |(kind, count): (&NodeKind, &usize)| {
        let is_plain = *count == 1 || matches!(kind, NodeKind::Code | NodeKind::Missing);
        format!("{count} {}{}", kind.word(), if is_plain { "" } else { "s" })
    };
    let members: Vec<String> = node.members.iter().map(counted).collect();
    let title = words::name(&node.title);
    match (node.kind, members.join(", ")) {
        (kind, members) if members.is_empty() => [kind.word(), ": ", &title].concat(),
        (kind, members) if title == kind.word() => members,
        (NodeKind::Group, members) => [&title, ", ", &members].concat(),
        (kind, members) => [kind.word(), ": ", &title, ", ", &members].concat(),
    }
}

/// Text between quotes: letters, digits and a few marks as they are, everything else as a code that
/// mermaid turns back. Of a long text its two ends are kept: paths differ at the last.
fn escaped(text: &str) -> String {
    let count = text.chars().count();
    let left_out = if count > LONGEST { HEAD..count + HEAD + 1 - LONGEST } else { 0..0 };
    let mut out = String::with_capacity(text.len());
    for (place, c) in text.chars().enumerate() {
        if left_out.contains(&place) {
            if place == left_out.start {
                out.push('…');
            }
            continue;
        }
        // At the start of a label `1.` and `-` would be items of a markdown list.
        let is_item = matches!(c, '.' | '-') && out.bytes().all(|byte| byte.is_ascii_digit());
        let is_plain = c.is_alphanumeric()
            || (matches!(c, ' ' | '-' | '_' | '.' | ',' | '/' | ':' | '=' | '?' | '…' | '✗') && !is_item);
        if is_plain { out.push(c) } else { out.push_str(&format!("#{};", u32::from(c))) }
    }
    out
}
