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

/// What a node is, as a format's reader found it.
#[derive(Clone, Copy, Debug)]
pub enum Raw<'r> {
    /// Nothing is written where a value belongs.
    Empty,
    /// A scalar: its text after unescaping and folding, and how it is written.
    Scalar(&'r str, Style),
    /// A mapping: key, value, key, value …; duplicate keys are kept, in order.
    Mapping(&'r [NodeId]),
    /// A sequence.
    Sequence(&'r [NodeId]),
    /// An alias of an earlier node.
    Alias(NodeId),
}

/// A tag as written (`!Ref`, `!!binary`), with where it stands.
pub type Tag<'r> = Option<(&'r str, Span)>;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SlotKind {
    Empty,
    Plain,
    Quoted,
    Block,
    Mapping,
    Sequence,
    Alias,
}

/// A node in 16 bytes, whatever it is: a repository has a million of them. Texts and children stand in
/// one list each for the whole document.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Bytes of the value, without tag and anchor.
    span: Span,
    /// Where its text or its children begin; of an alias, the node it stands for.
    first: u32,
    /// Length of the text in bytes, or number of children, and in the upper bits the kind.
    packed: u32,
}

/// Bits of a slot's length: half a gibibyte, beyond every cap on files.
const LENGTH_BITS: u32 = 29;
const LENGTH_MASK: u32 = (1 << LENGTH_BITS) - 1;

impl Slot {
    fn new(kind: SlotKind, span: Span, first: usize, length: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { span, first: clamp(first), packed: (kind as u32) << LENGTH_BITS | clamp(length).min(LENGTH_MASK) }
    }

    fn kind(self) -> SlotKind {
        match self.packed >> LENGTH_BITS {
            1 => SlotKind::Plain,
            2 => SlotKind::Quoted,
            3 => SlotKind::Block,
            4 => SlotKind::Mapping,
            5 => SlotKind::Sequence,
            6 => SlotKind::Alias,
            _ => SlotKind::Empty,
        }
    }

    fn range(self) -> std::ops::Range<usize> {
        let first = self.first as usize;
        first..first + (self.packed & LENGTH_MASK) as usize
    }
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
    slots: Box<[Slot]>,
    children: Box<[NodeId]>,
    texts: Box<str>,
    /// Tags in order of their nodes; most have none.
    tags: Box<[(NodeId, Box<str>, Span)]>,
    /// The top node.
    pub root: NodeId,
    /// 0-based place among the documents of its file.
    pub index: usize,
}

/// Up to so many entries are compared each with each.
const FEW_ENTRIES: usize = 12;

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

    fn slot(&self, id: NodeId) -> Slot {
        self.slots[id.0 as usize]
    }

    /// Key, value, key, value … of a mapping, the items of a sequence, else nothing.
    fn children(&self, slot: Slot) -> &[NodeId] {
        match slot.kind() {
            SlotKind::Mapping | SlotKind::Sequence => self.children.get(slot.range()).unwrap_or_default(),
            _ => &[],
        }
    }

    fn scalar(&self, slot: Slot) -> Option<(&str, Style)> {
        let style = match slot.kind() {
            SlotKind::Plain => Style::Plain,
            SlotKind::Quoted => Style::Quoted,
            SlotKind::Block => Style::Block,
            _ => return None,
        };
        Some((self.texts.get(slot.range()).unwrap_or_default(), style))
    }

    /// The text of a key.
    fn key_text(&self, id: NodeId) -> Option<&str> {
        self.scalar(self.slot(id)).map(|(text, _)| text)
    }

    /// Keys that occur more than once in one mapping: (first, later) key nodes. `<<` may repeat.
    pub fn duplicate_keys(&self) -> Vec<(NodeId, NodeId)> {
        let mut out = Vec::new();
        for slot in self.slots.iter().filter(|slot| slot.kind() == SlotKind::Mapping) {
            let mut seen: FxHashMap<&str, NodeId> = FxHashMap::default();
            for key in self.children(*slot).iter().step_by(2) {
                match self.scalar(self.slot(*key)) {
                    None | Some(("<<", Style::Plain)) => {}
                    Some((text, _)) => match seen.entry(text) {
                        Entry::Occupied(first) => out.push((*first.get(), *key)),
                        Entry::Vacant(vacant) => {
                            vacant.insert(*key);
                        }
                    },
                }
            }
        }
        out
    }
}

impl<'d> Node<'d> {
    fn slot(&self) -> Slot {
        self.document.slot(self.id)
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
        while self.slot().kind() == SlotKind::Alias {
            let (target, span) = (NodeId(self.slot().first), self.span());
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
        self.slot().span
    }

    /// The tag as written, `!Ref`.
    pub fn tag(&self) -> Option<&'d str> {
        let tags = &self.document.tags;
        tags.binary_search_by_key(&self.id, |(id, ..)| *id).ok().map(|place| &*tags[place].1)
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
        let slot = self.slot();
        match (slot.kind(), self.document.scalar(slot)) {
            (SlotKind::Mapping, _) => Kind::Mapping,
            (SlotKind::Sequence, _) => Kind::Sequence,
            (_, None | Some(("" | "~" | "null" | "Null" | "NULL", Style::Plain))) => Kind::Null,
            (_, Some((text, style))) => Kind::Scalar(text, style),
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
        if !self.is_sequence() {
            return Vec::new();
        }
        self.document.children(self.slot()).iter().map(|id| self.child(*id)).collect()
    }

    fn pairs(&self) -> impl DoubleEndedIterator<Item = (NodeId, NodeId)> + use<'d> {
        let children = if self.is_mapping() { self.document.children(self.slot()) } else { &[] };
        children.chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    /// Entries as written: `<<` is a key like any other, duplicates are kept.
    pub fn written_entries(&self) -> Vec<(Node<'d>, Node<'d>)> {
        self.pairs().map(|(key, value)| (self.child(key), self.child(value))).collect()
    }

    /// Entries as they hold: merge keys applied (own keys win, then earlier merges), and of duplicate
    /// keys the last.
    pub fn entries(&self) -> Vec<(Node<'d>, Node<'d>)> {
        let mut out: Vec<(Node<'d>, Node<'d>)> = self.written_entries();
        // Few mappings have a key twice or a merge; the others are done here.
        let is_plain = out.len() <= FEW_ENTRIES && {
            let names = || out.iter().map(|(key, _)| key.text().unwrap_or(""));
            names().enumerate().all(|(at, name)| name != "<<" && !names().skip(at + 1).any(|later| later == name))
        };
        if is_plain {
            return out;
        }
        let written = std::mem::take(&mut out);
        let mut place: FxHashMap<&'d str, usize> = FxHashMap::default();
        let mut merges = Vec::new();
        for (key, value) in written {
            if matches!(key.kind(), Kind::Scalar("<<", Style::Plain)) {
                merges.push((key.span(), value));
                continue;
            }
            let name = key.text().unwrap_or("");
            match place.get(name) {
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
                    let name = key.text().unwrap_or("");
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
        let own = self.pairs().rev().find(|(key, _)| self.document.key_text(*key) == Some(name));
        if let Some((_, value)) = own {
            return Some(self.child(value));
        }
        let has_merge = self.pairs().any(|(key, _)| self.document.key_text(key) == Some("<<"));
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
    slots: Vec<Slot>,
    children: Vec<NodeId>,
    texts: String,
    tags: Vec<(NodeId, Box<str>, Span)>,
}

impl Builder {
    /// Nodes so far.
    pub fn count(&self) -> usize {
        self.slots.len()
    }

    /// True when there is one node, and it is empty.
    pub fn is_blank(&self) -> bool {
        matches!(self.slots[..], [only] if only.kind() == SlotKind::Empty)
    }

    /// Where a node ends.
    pub fn end_of(&self, id: NodeId) -> u32 {
        self.slots.get(id.0 as usize).map_or(0, |slot| slot.span.end)
    }

    /// Adds a node.
    pub fn push(&mut self, raw: Raw<'_>, span: Span, tag: Tag<'_>) -> NodeId {
        let id = NodeId(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        let slot = match raw {
            Raw::Empty => Slot::new(SlotKind::Empty, span, 0, 0),
            Raw::Scalar(text, style) => {
                let kind = match style {
                    Style::Plain => SlotKind::Plain,
                    Style::Quoted => SlotKind::Quoted,
                    Style::Block => SlotKind::Block,
                };
                let first = self.texts.len();
                self.texts.push_str(text);
                Slot::new(kind, span, first, text.len())
            }
            Raw::Mapping(children) => self.collection(SlotKind::Mapping, span, children),
            Raw::Sequence(children) => self.collection(SlotKind::Sequence, span, children),
            Raw::Alias(target) => Slot::new(SlotKind::Alias, span, target.0 as usize, 0),
        };
        self.slots.push(slot);
        if let Some((text, place)) = tag {
            self.tags.push((id, text.into(), place));
        }
        id
    }

    /// Says where a node is written, for readers that know it only later.
    pub fn place(&mut self, id: NodeId, span: Span) {
        if let Some(slot) = self.slots.get_mut(id.0 as usize) {
            slot.span = span;
        }
    }

    fn collection(&mut self, kind: SlotKind, span: Span, children: &[NodeId]) -> Slot {
        let first = self.children.len();
        self.children.extend_from_slice(children);
        Slot::new(kind, span, first, children.len())
    }

    /// Closes the document.
    pub fn finish(self, source: Source, root: NodeId, index: usize) -> Document {
        Document {
            source,
            slots: self.slots.into(),
            children: self.children.into(),
            texts: self.texts.into(),
            tags: self.tags.into(),
            root,
            index,
        }
    }
}
