//! The spanned tree that YAML, JSON and TOML share.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::source::{HopKind, Origin, Source, Span};

/// Index of a node in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: its type is decided by the reader.
    Plain,
    /// In quotes: always text.
    Quoted,
    /// `|` or `>`: always text.
    Block,
}

/// A key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The key node.
    pub key: NodeId,
    /// The value node.
    pub value: NodeId,
}

/// What a node is, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// Nothing is written where a value belongs.
    Empty,
    /// A scalar; `text` after unescaping and folding.
    Scalar {
        /// The text.
        text: Box<str>,
        /// How it is written.
        style: Style,
    },
    /// A mapping; duplicate keys are kept, in order.
    Mapping(Vec<Pair>),
    /// A sequence.
    Sequence(Vec<NodeId>),
    /// An alias of an earlier node.
    Alias(NodeId),
}

/// A node with where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawNode {
    /// What it is.
    pub raw: Raw,
    /// Bytes of the value, without tag and anchor.
    pub span: Span,
    /// The tag as written (`!Ref`, `!!binary`), with where it stands.
    pub tag: Option<(Box<str>, Span)>,
}

/// A comment: the text after its marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// What follows the marker.
    pub text: Box<str>,
    /// Bytes, marker included.
    pub span: Span,
}

/// One document of a file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file.
    pub source: Source,
    /// All nodes; children come after or before their parents, never rely on it.
    pub nodes: Vec<RawNode>,
    /// The top node.
    pub root: NodeId,
    /// 0-based place among the documents of its file.
    pub index: usize,
}

/// A view of a node: aliases are followed, merge keys are applied.
#[derive(Clone)]
pub struct Node<'d> {
    document: &'d Document,
    id: NodeId,
    steps: Option<Arc<[(HopKind, Span)]>>,
}

/// What a node is, seen through aliases.
#[derive(Debug)]
pub enum Kind<'d> {
    /// Nothing, or a plain `null`/`~`.
    Null,
    /// A scalar.
    Scalar(&'d str, Style),
    /// A mapping: ask [`Node::entries`].
    Mapping,
    /// A sequence: ask [`Node::items`].
    Sequence,
}

impl Document {
    /// The top node.
    pub fn root(&self) -> Node<'_> {
        self.node(self.root)
    }

    /// A node by id.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node { document: self, id, steps: None }.followed()
    }

    /// Keys that occur more than once in one mapping: (first, later) key nodes. `<<` may repeat.
    pub fn duplicate_keys(&self) -> Vec<(NodeId, NodeId)> {
        let mut out = Vec::new();
        for node in &self.nodes {
            let Raw::Mapping(pairs) = &node.raw else { continue };
            let mut seen: FxHashMap<&str, NodeId> = FxHashMap::default();
            for pair in pairs {
                let Raw::Scalar { text, style } = &self.nodes[pair.key.0 as usize].raw else { continue };
                if &**text == "<<" && *style == Style::Plain {
                    continue;
                }
                if let Some(first) = seen.get(&**text) {
                    out.push((*first, pair.key));
                } else {
                    seen.insert(text, pair.key);
                }
            }
        }
        out
    }
}

impl<'d> Node<'d> {
    fn raw(&self) -> &'d RawNode {
        &self.document.nodes[self.id.0 as usize]
    }

    fn child(&self, id: NodeId) -> Self {
        Node { document: self.document, id, steps: self.steps.clone() }.followed()
    }

    fn with_step(mut self, kind: HopKind, span: Span) -> Self {
        let mut steps: Vec<_> = self.steps.as_deref().unwrap_or(&[]).to_vec();
        steps.push((kind, span));
        self.steps = Some(steps.into());
        self
    }

    /// Resolves alias chains. The builder refuses an alias inside its own anchor, so this ends.
    fn followed(mut self) -> Self {
        let mut left = 64;
        while let Raw::Alias(target) = &self.raw().raw {
            let (target, span) = (*target, self.raw().span);
            left -= 1;
            if left == 0 {
                break;
            }
            self.id = target;
            self = self.with_step(HopKind::Anchor, span);
        }
        self
    }

    /// The document it belongs to.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// Its id.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// Bytes of the value.
    pub fn span(&self) -> Span {
        self.raw().span
    }

    /// The tag as written, `!Ref`.
    pub fn tag(&self) -> Option<&'d str> {
        self.raw().tag.as_ref().map(|(tag, _)| &**tag)
    }

    /// Where the value is written and how it came here.
    pub fn origin(&self) -> Origin {
        let mut origin = Origin::new(self.document.source.clone(), self.span());
        for (kind, span) in self.steps.as_deref().unwrap_or(&[]) {
            origin = origin.via(*kind, &self.document.source, *span);
        }
        origin
    }

    /// What it is.
    pub fn kind(&self) -> Kind<'d> {
        match &self.raw().raw {
            Raw::Empty | Raw::Alias(_) => Kind::Null,
            Raw::Scalar { text, style: Style::Plain } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL") => {
                Kind::Null
            }
            Raw::Scalar { text, style } => Kind::Scalar(text, *style),
            Raw::Mapping(_) => Kind::Mapping,
            Raw::Sequence(_) => Kind::Sequence,
        }
    }

    /// True when nothing, or null, is written.
    pub fn is_null(&self) -> bool {
        matches!(self.kind(), Kind::Null)
    }

    /// True for a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.kind(), Kind::Mapping)
    }

    /// True for a sequence.
    pub fn is_sequence(&self) -> bool {
        matches!(self.kind(), Kind::Sequence)
    }

    /// The text of a scalar, whatever type a reader will give it.
    pub fn text(&self) -> Option<&'d str> {
        match self.kind() {
            Kind::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// The items of a sequence; nothing for anything else.
    pub fn items(&self) -> Vec<Node<'d>> {
        match &self.raw().raw {
            Raw::Sequence(items) => items.iter().map(|id| self.child(*id)).collect(),
            _ => Vec::new(),
        }
    }

    /// Entries as written: `<<` is a key like any other, duplicates are kept.
    pub fn written_entries(&self) -> Vec<(Node<'d>, Node<'d>)> {
        match &self.raw().raw {
            Raw::Mapping(pairs) => pairs.iter().map(|p| (self.child(p.key), self.child(p.value))).collect(),
            _ => Vec::new(),
        }
    }

    /// Entries as they hold: merge keys applied (own keys win, then earlier merges), and of duplicate
    /// keys the last.
    pub fn entries(&self) -> Vec<(Node<'d>, Node<'d>)> {
        let mut out: Vec<(Node<'d>, Node<'d>)> = Vec::new();
        let mut place: FxHashMap<String, usize> = FxHashMap::default();
        let mut merges = Vec::new();
        for (key, value) in self.written_entries() {
            if matches!(key.kind(), Kind::Scalar("<<", Style::Plain)) {
                merges.push((key.span(), value));
                continue;
            }
            let name = key.text().unwrap_or("").to_owned();
            match place.get(&name) {
                Some(i) => out[*i] = (key, value),
                None => {
                    place.insert(name, out.len());
                    out.push((key, value));
                }
            }
        }
        for (span, merged) in merges {
            let parts = if merged.is_sequence() { merged.items() } else { vec![merged] };
            for part in parts {
                for (key, value) in part.entries() {
                    let name = key.text().unwrap_or("").to_owned();
                    if let Entry::Vacant(vacant) = place.entry(name) {
                        vacant.insert(out.len());
                        out.push((key, value.with_step(HopKind::MergeKey, span)));
                    }
                }
            }
        }
        out
    }

    /// The value of a key, merge keys applied.
    pub fn get(&self, name: &str) -> Option<Node<'d>> {
        let Raw::Mapping(pairs) = &self.raw().raw else { return None };
        let own = pairs.iter().rev().find(
            |pair| matches!(&self.document.nodes[pair.key.0 as usize].raw, Raw::Scalar { text, .. } if &**text == name),
        );
        if let Some(pair) = own {
            return Some(self.child(pair.value));
        }
        let has_merge = pairs.iter().any(
            |pair| matches!(&self.document.nodes[pair.key.0 as usize].raw, Raw::Scalar { text, .. } if &**text == "<<"),
        );
        has_merge
            .then(|| self.entries())
            .and_then(|entries| entries.into_iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value))
    }

    /// The key node of an entry.
    pub fn key(&self, name: &str) -> Option<Node<'d>> {
        self.entries().into_iter().find(|(key, _)| key.text() == Some(name)).map(|(key, _)| key)
    }

    /// Follows keys down.
    pub fn path(&self, names: &[&str]) -> Option<Node<'d>> {
        names.iter().try_fold(self.clone(), |node, name| node.get(name))
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}@{:?}", self.kind(), self.span())
    }
}

/// Builds a document node by node; used by the format readers alone.
#[derive(Debug, Default)]
pub struct Builder {
    /// Nodes so far.
    pub nodes: Vec<RawNode>,
}

impl Builder {
    /// Adds a node.
    pub fn push(&mut self, raw: Raw, span: Span, tag: Option<(Box<str>, Span)>) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(RawNode { raw, span, tag });
        id
    }

    /// Closes the document.
    pub fn finish(self, source: Source, root: NodeId, index: usize) -> Document {
        Document { source, nodes: self.nodes, root, index }
    }
}
