//! How facts are declared: ids, places, and the macro that makes struct, field table and accessors
//! from one text.

use std::fmt;
use std::marker::PhantomData;

use super::Field;
use crate::diagnostic::LogicalPath;
use crate::source::Origin;

/// Which release set a fact belongs to: an index into the graph's sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetId(pub u32);

/// Identity, release set and place that every fact has.
#[derive(Clone, Debug)]
pub struct Place {
    /// The release set in which it holds.
    pub set: SetId,
    /// Its address.
    pub path: LogicalPath,
    /// Where it is declared: its name or key.
    pub origin: Origin,
}

/// Index of a fact among those of its kind.
pub struct Id<T>(u32, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// An id from an index.
    pub fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX), PhantomData)
    }

    /// The index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A field that a rule can ask about: its name, what kind of value it has, what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// Name in rule files, `readiness-probe`.
    pub name: &'static str,
    /// Kind of value: text, number, yes/no, list, map, link.
    pub kind: &'static str,
    /// For a link: the subject that it leads to.
    pub target: &'static str,
    /// One line of meaning.
    pub meaning: &'static str,
}

/// The field that every fact has beside its own.
pub const RELEASE: FieldInfo =
    FieldInfo { name: "release", kind: "link", target: "release", meaning: "What it is applied with" };

/// What every fact type can do.
pub trait Fact: Sized + 'static {
    /// Name of the subject in rule files, `container`.
    const KIND: &'static str;
    /// One line of meaning.
    const MEANING: &'static str;

    /// The fields that a rule can ask about.
    fn fields() -> Vec<FieldInfo>;
    /// A field by its name in rule files.
    fn field(&self, name: &str) -> Option<Field<'_>>;
    /// Every field with its name, for counting what is decided.
    fn each_field(&self) -> Vec<(&'static str, Field<'_>)>;
    /// Identity, set and place.
    fn place(&self) -> &Place;
    /// Moves the ids inside by the number of facts that stand before.
    fn shift(&mut self, offsets: &Offsets);
    /// The list of this kind.
    fn list(facts: &super::Facts) -> &Vec<Self>;
    /// How many facts of this kind stand before.
    fn offset(offsets: &Offsets) -> usize;
}

/// Declares a fact type: struct, subject name, fields with their meaning.
///
/// Fields are asked for by their name with `-` for `_`.
macro_rules! fact {
    (
        #[doc = $meaning:literal]
        $(#[doc = $more:literal])*
        $kind:literal $name:ident {
            $( #[doc = $field_meaning:literal] $(#[doc = $field_more:literal])* $field:ident : $type:ty ),* $(,)?
        }
    ) => {
        #[doc = $meaning]
        $(#[doc = $more])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// Identity, release set and place.
            pub place: $crate::facts::Place,
            $( #[doc = $field_meaning] $(#[doc = $field_more])* pub $field: $type, )*
        }

        impl $crate::facts::Fact for $name {
            const KIND: &'static str = $kind;
            const MEANING: &'static str = $meaning;

            fn fields() -> Vec<$crate::facts::FieldInfo> {
                vec![ $( $crate::facts::FieldInfo {
                    name: $crate::facts::declare::dashed(stringify!($field)),
                    kind: <$type as $crate::facts::AsField>::KIND,
                    target: <$type as $crate::facts::AsField>::TARGET,
                    meaning: $field_meaning.trim_ascii(),
                } ),* ]
            }

            fn field(&self, name: &str) -> Option<$crate::facts::Field<'_>> {
                $( if $crate::facts::declare::same_name(stringify!($field), name) {
                    return Some($crate::facts::AsField::as_field(&self.$field));
                } )*
                None
            }

            fn each_field(&self) -> Vec<(&'static str, $crate::facts::Field<'_>)> {
                vec![ $( (stringify!($field), $crate::facts::AsField::as_field(&self.$field)) ),* ]
            }

            fn place(&self) -> &$crate::facts::Place {
                &self.place
            }

            #[allow(unused_variables, reason = "not every fact refers to another")]
            fn shift(&mut self, offsets: &$crate::facts::Offsets) {
                $( $crate::facts::AsField::shift(&mut self.$field, offsets); )*
            }

            fn list(facts: &$crate::facts::Facts) -> &Vec<Self> {
                <$crate::facts::Facts as $crate::facts::declare::ListOf<$name>>::list_of(facts)
            }

            fn offset(offsets: &$crate::facts::Offsets) -> usize {
                <$crate::facts::Offsets as $crate::facts::declare::OffsetOf<$name>>::offset_of(offsets)
            }
        }
    };
}

/// Access to the list of a kind.
pub trait ListOf<T> {
    /// The list.
    fn list_of(&self) -> &Vec<T>;
}

/// Access to the offset of a kind.
pub trait OffsetOf<T> {
    /// The offset.
    fn offset_of(&self) -> usize;
}

/// `readiness_probe` → `readiness-probe`. Field names are few and live as long as the program.
pub fn dashed(name: &'static str) -> &'static str {
    if !name.contains('_') {
        return name;
    }
    static NAMES: std::sync::Mutex<Vec<(&'static str, &'static str)>> = std::sync::Mutex::new(Vec::new());
    let Ok(mut names) = NAMES.lock() else { return name };
    if let Some((_, dashed)) = names.iter().find(|(plain, _)| *plain == name) {
        return dashed;
    }
    let dashed: &'static str = Box::leak(name.replace('_', "-").into_boxed_str());
    names.push((name, dashed));
    dashed
}

/// Compares a Rust field name with a name in a rule file.
pub fn same_name(field: &str, asked: &str) -> bool {
    field.len() == asked.len() && field.bytes().zip(asked.bytes()).all(|(a, b)| a == b || (a == b'_' && b == b'-'))
}

/// Declares the container of all facts and everything that must name each kind once.
macro_rules! all_facts {
    ( $( $list:ident : $type:ident ),* $(,)? ) => {
        /// All facts, a list per kind.
        #[derive(Clone, Debug, Default)]
        pub struct Facts {
            $( #[doc = concat!("Facts of kind ", stringify!($type), ".")] pub $list: Vec<$type>, )*
        }

        /// How many facts of each kind stand before those that are appended.
        #[derive(Clone, Debug, Default)]
        pub struct OffsetTable {
            $( $list: usize, )*
        }

        $(
            impl declare::ListOf<$type> for Facts {
                fn list_of(&self) -> &Vec<$type> {
                    &self.$list
                }
            }
            impl declare::OffsetOf<$type> for Offsets {
                fn offset_of(&self) -> usize {
                    self.0.$list
                }
            }
            impl std::ops::Index<Id<$type>> for Facts {
                type Output = $type;
                fn index(&self, id: Id<$type>) -> &$type {
                    &self.$list[id.index()]
                }
            }
            impl std::ops::IndexMut<Id<$type>> for Facts {
                fn index_mut(&mut self, id: Id<$type>) -> &mut $type {
                    &mut self.$list[id.index()]
                }
            }
        )*

        impl Facts {
            /// Appends facts that were lowered by themselves; ids inside them are moved.
            pub fn append(&mut self, mut other: Facts) {
                let offsets = Offsets(OffsetTable { $( $list: self.$list.len(), )* });
                $( for fact in &mut other.$list { Fact::shift(fact, &offsets); } )*
                $( self.$list.append(&mut other.$list); )*
            }

            /// Every kind: subject name, meaning, fields.
            pub fn kinds() -> Vec<(&'static str, &'static str, Vec<FieldInfo>)> {
                let mut kinds = vec![ $( ($type::KIND, $type::MEANING.trim_ascii(), $type::fields()) ),* ];
                for (kind, _, fields) in &mut kinds {
                    fields.extend((*kind != Release::KIND).then_some(declare::RELEASE));
                }
                kinds
            }

            /// How many facts there are of a subject; `None` for a subject that does not exist.
            pub fn count(&self, kind: &str) -> Option<usize> {
                $( if kind == $type::KIND { return Some(self.$list.len()); } )*
                None
            }

            /// A field of a fact.
            pub fn field(&self, kind: &str, index: usize, name: &str) -> Option<Field<'_>> {
                if name == declare::RELEASE.name && kind != Release::KIND {
                    let set = self.place(kind, index)?.set.0 as usize;
                    return Some(Field::Link((set < self.releases.len()).then_some((Release::KIND, set))));
                }
                $( if kind == $type::KIND { return self.$list.get(index)?.field(name); } )*
                None
            }

            /// Place of a fact.
            pub fn place(&self, kind: &str, index: usize) -> Option<&Place> {
                $( if kind == $type::KIND { return self.$list.get(index).map(Fact::place); } )*
                None
            }

            /// Calls a function with every field of every fact: (subject, field, set, value).
            pub fn each_field(&self, mut visit: impl FnMut(&'static str, &'static str, SetId, Field<'_>)) {
                $( for fact in &self.$list {
                    for (name, field) in fact.each_field() {
                        visit($type::KIND, declare::dashed(name), fact.place.set, field);
                    }
                } )*
            }
        }
    };
}

/// See [`OffsetTable`](super::OffsetTable).
#[derive(Clone, Debug, Default)]
pub struct Offsets(pub super::OffsetTable);
