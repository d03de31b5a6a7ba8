//! For machines and for writers of rules: the form that `schemas/graph.v1.json` describes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Picture;
use super::values::{Fields, Shown};
use crate::facts::{Facts, Field, Place};
use crate::graph::view::{Edge, Node};
use crate::render::Snippets;
use crate::render::files::Files;
use crate::render::words::{self, Secrets, Words};
use crate::source::{Origin, visible};

/// Name and version of the form. Within a version, fields are only added.
pub const SCHEMA: &str = "deploylint/graph/v1";

#[derive(Serialize)]
struct Whole<'a> {
    schema: &'static str,
    tool_version: &'a str,
    root: String,
    revision: Option<&'a str>,
    focus: Option<String>,
    sets: Vec<Set>,
    nodes: Vec<ShownNode>,
    edges: Vec<ShownEdge>,
    others: Vec<Fact>,
    skipped: BTreeMap<String, usize>,
}

#[derive(Serialize)]
struct Set {
    id: String,
    technology: &'static str,
    root: String,
    files: Vec<String>,
    inputs: Vec<String>,
    environment: Option<&'static str>,
    open: Option<String>,
}

#[derive(Serialize)]
struct ShownNode {
    id: String,
    kind: &'static str,
    title: String,
    set: Option<String>,
    focused: bool,
    facts: Vec<Fact>,
}

#[derive(Serialize)]
struct Fact {
    subject: &'static str,
    path: String,
    place: At,
    fields: BTreeMap<&'static str, Shown>,
}

#[derive(Serialize)]
struct At {
    path: String,
    line: Option<u32>,
    column: Option<u32>,
}

#[derive(Serialize)]
struct ShownEdge {
    from: String,
    to: String,
    kind: &'static str,
    label: String,
    state: &'static str,
    why: Option<String>,
    place: Option<At>,
}

/// The graph as JSON, with a line break at its end. Nothing is left out, however much there is.
pub fn render(picture: &Picture<'_>, snippets: &dyn Snippets) -> String {
    let files = Files::new(snippets);
    let secrets = Secrets::new(picture.secrets);
    let words = Words { files: &files, secrets: &secrets };
    let view = picture.view;
    let fields = Fields { words: &words, facts: &picture.graph.facts };
    let scribe = Scribe { picture, words: &words, ids: ids(&view.nodes), names: names(), fields };
    let whole = Whole {
        schema: SCHEMA,
        tool_version: picture.tool_version,
        root: visible(picture.root.as_bytes()),
        revision: picture.revision.as_deref(),
        focus: picture.focus.map(words::name),
        sets: scribe.sets(),
        nodes: view.nodes.iter().zip(&scribe.ids).map(|(node, id)| scribe.node(node, id)).collect(),
        edges: view.edges.iter().map(|edge| scribe.edge(edge)).collect(),
        others: view.others.iter().filter_map(|fact| scribe.fact(*fact)).collect(),
        skipped: picture.skipped.iter().map(|(why, count)| (visible(why.as_bytes()), *count)).collect(),
    };
    // Strings, numbers and lists always serialise.
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

/// Fields by subject.
type Names = BTreeMap<&'static str, Vec<&'static str>>;

fn names() -> Names {
    let of = |(kind, _, fields): (&'static str, _, Vec<crate::facts::FieldInfo>)| {
        (kind, fields.iter().map(|field| field.name).collect())
    };
    Facts::kinds().into_iter().map(of).collect()
}

fn ids(nodes: &[Node]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let unique = |node: &Node| {
        let id = words::name(&node.id);
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        if *count == 1 { id } else { format!("{id}~{count}") }
    };
    nodes.iter().map(unique).collect()
}

struct Scribe<'a> {
    picture: &'a Picture<'a>,
    words: &'a Words<'a>,
    /// Ids of nodes as shown: masks may make two of them alike.
    ids: Vec<String>,
    names: Names,
    fields: Fields<'a>,
}

impl Scribe<'_> {
    /// The release sets of what is shown.
    fn sets(&self) -> Vec<Set> {
        let Picture { view, graph, .. } = self.picture;
        let mut used: Vec<_> = view.nodes.iter().filter_map(|node| node.set).collect();
        let of_fact = |(subject, index): &(&'static str, usize)| Some(graph.facts.place(subject, *index)?.set);
        used.extend(view.others.iter().filter_map(of_fact));
        used.sort_unstable();
        used.dedup();
        let sets = used.into_iter().map(|id| graph.set(id));
        sets.map(|set| Set {
            id: words::address(&set.path()),
            technology: set.technology,
            root: words::name(&set.root.to_string()),
            files: set.files.iter().map(|file| words::name(&file.to_string())).collect(),
            inputs: set.inputs.iter().map(|input| words::name(input)).collect(),
            environment: set.environment.as_ref().map(|(environment, _)| environment.word()),
            open: set.open.as_ref().map(|why| self.words.text(&why.0)),
        })
        .collect()
    }

    fn node(&self, node: &Node, id: &str) -> ShownNode {
        ShownNode {
            id: id.to_owned(),
            kind: node.kind.word(),
            title: words::name(&node.title),
            set: node.set.map(|set| words::address(&self.picture.graph.set(set).path())),
            focused: node.focused,
            facts: node.facts.iter().filter_map(|fact| self.fact(*fact)).collect(),
        }
    }

    fn fact(&self, (subject, index): (&'static str, usize)) -> Option<Fact> {
        let facts = &self.picture.graph.facts;
        let Place { path, origin, .. } = facts.place(subject, index)?;
        // A variable or a setting is called by its name or key.
        let called = ["name", "key"].iter().find_map(|field| match facts.field(subject, index, field) {
            Some(Field::Word(word)) => Some(word),
            _ => None,
        });
        let show = |name: &&'static str| {
            let field = facts.field(subject, index, name)?;
            Some((*name, self.fields.show(&field, called.unwrap_or(""))?))
        };
        Some(Fact {
            subject,
            path: words::address(path),
            place: self.place(origin),
            fields: self.names.get(subject)?.iter().filter_map(show).collect(),
        })
    }

    fn edge(&self, edge: &Edge) -> ShownEdge {
        let id = |index: usize| self.ids.get(index).cloned().unwrap_or_default();
        ShownEdge {
            from: id(edge.from),
            to: id(edge.to),
            kind: edge.kind.word(),
            label: words::name(&edge.label),
            state: edge.state.word(),
            why: edge.state.why().map(|why| self.words.text(&why.0)),
            place: edge.origin.as_ref().map(|origin| self.place(origin)),
        }
    }

    fn place(&self, origin: &Origin) -> At {
        let position = self.words.files.position(&origin.source, origin.span.start as usize);
        At {
            path: words::path(&origin.source),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
        }
    }
}
