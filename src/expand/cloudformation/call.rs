//! Recognises intrinsic functions, short (`!Sub`) and long (`Fn::Sub`).

use crate::syntax::Node;

/// An intrinsic function (CloudFormation "Intrinsic function reference", 2026-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `Ref`
    Ref,
    /// `Fn::GetAtt`
    GetAtt,
    /// `Fn::Sub`
    Sub,
    /// `Fn::Join`
    Join,
    /// `Fn::If`
    If,
    /// `Fn::FindInMap`
    FindInMap,
    /// `Fn::ImportValue`
    ImportValue,
    /// `Fn::Select`
    Select,
    /// `Fn::Split`
    Split,
    /// `Fn::Transform`
    Transform,
    /// `Fn::And`
    And,
    /// `Fn::Or`
    Or,
    /// `Fn::Not`
    Not,
    /// `Fn::Equals`
    Equals,
    /// `Condition` inside another condition
    Condition,
    /// Functions whose result is worked out by the platform: `Base64`, `Cidr`, `GetAZs`, `Length`, `ToJsonString`
    Computed,
}

/// Names without `Fn::` and `!`.
const FUNCTIONS: &[(&str, Function)] = &[
    ("GetAtt", Function::GetAtt),
    ("Sub", Function::Sub),
    ("Join", Function::Join),
    ("If", Function::If),
    ("FindInMap", Function::FindInMap),
    ("ImportValue", Function::ImportValue),
    ("GetStackOutput", Function::ImportValue),
    ("Select", Function::Select),
    ("Split", Function::Split),
    ("Transform", Function::Transform),
    ("And", Function::And),
    ("Or", Function::Or),
    ("Not", Function::Not),
    ("Equals", Function::Equals),
    ("Base64", Function::Computed),
    ("Cidr", Function::Computed),
    ("GetAZs", Function::Computed),
    ("Length", Function::Computed),
    ("ToJsonString", Function::Computed),
];

/// A call of an intrinsic function.
#[derive(Clone, Debug)]
pub struct Call<'d> {
    /// Which function.
    pub function: Function,
    /// What it is given. Of a short form this is the node itself; its tag is not looked at again.
    pub argument: Node<'d>,
}

impl<'d> Call<'d> {
    /// The call that a node is, if it is one.
    pub fn of(node: &Node<'d>) -> Option<Self> {
        if let Some(tag) = node.tag().and_then(|tag| tag.strip_prefix('!')) {
            let function = match tag {
                "Ref" => Some(Function::Ref),
                "Condition" => Some(Function::Condition),
                other => named(other),
            };
            return function.map(|function| Self { function, argument: node.clone() });
        }
        if !node.is_mapping() {
            return None;
        }
        let entries = node.written_entries();
        let [(key, argument)] = &*entries else { return None };
        let key = key.text()?;
        let function = match key {
            "Ref" => Some(Function::Ref),
            other => other.strip_prefix("Fn::").and_then(named),
        };
        function.map(|function| Self { function, argument: argument.clone() })
    }

    /// Inside the Conditions section `Condition: Name` is a call too.
    pub fn of_condition(node: &Node<'d>) -> Option<Self> {
        Self::of(node).or_else(|| {
            let entries = node.written_entries();
            let [(key, argument)] = &*entries else { return None };
            (key.text() == Some("Condition") && argument.text().is_some())
                .then(|| Self { function: Function::Condition, argument: argument.clone() })
        })
    }
}

fn named(name: &str) -> Option<Function> {
    FUNCTIONS.iter().find(|(own, _)| *own == name).map(|(_, function)| *function)
}

/// Name and attribute of a `GetAtt`: `A.B.C`, `[A, B.C]`.
pub fn attribute_of<'d>(argument: &Node<'d>) -> Option<(&'d str, String, Node<'d>)> {
    if let Some(text) = argument.text() {
        let (name, attribute) = text.split_once('.')?;
        return Some((name, attribute.to_owned(), argument.clone()));
    }
    let items = argument.items();
    let name = items.first()?;
    let rest: Option<Vec<&str>> = items[1..].iter().map(|item| item.text().filter(|_| item.tag().is_none())).collect();
    Some((name.text()?, rest?.join("."), name.clone()))
}
