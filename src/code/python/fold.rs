//! Conditions that the platform decides: CPython 3.X on Linux, no type checker.

use std::borrow::Cow;
use std::rc::Rc;

use ruff_python_ast::{BoolOp, CmpOp, Expr, Number, Operator, UnaryOp};

use super::module::Target;
use super::walk::Constants;
use crate::code::Variable;

/// A value that is known before the program runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Bool(bool),
    Int(i64),
    Text(String),
    /// Some text that is not empty.
    SomeText,
    /// Handed on without a copy.
    Tuple(Rc<[Constant]>),
    /// A path from the folder of the module's own file: `__file__` is `?` in it.
    Here(String),
    None,
}

impl Constant {
    pub fn truth(&self) -> bool {
        match self {
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Text(text) => !text.is_empty(),
            Self::Tuple(items) => !items.is_empty(),
            Self::Here(_) | Self::SomeText => true,
            Self::None => false,
        }
    }

    /// The texts of a tuple of nothing else.
    pub fn texts(&self) -> Option<Vec<String>> {
        let Self::Tuple(items) = self else { return None };
        items.iter().map(|item| if let Self::Text(text) = item { Some(text.clone()) } else { None }).collect()
    }

    /// Texts and items that it holds, long texts for several.
    fn size(&self) -> usize {
        match self {
            Self::Tuple(items) => items.iter().fold(1, |size, item| size + item.size()),
            Self::Text(text) | Self::Here(text) => 1 + text.len() / 64,
            Self::Bool(_) | Self::Int(_) | Self::SomeText | Self::None => 1,
        }
    }

    /// Whether it is the same; `None` where that is not known.
    fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::SomeText, Self::SomeText) => None,
            (Self::SomeText, Self::Text(text)) | (Self::Text(text), Self::SomeText) => text.is_empty().then_some(false),
            (Self::Tuple(a), Self::Tuple(b)) if a.len() == b.len() => {
                all(a.iter().zip(b.iter()).map(|(a, b)| a.equals(b)))
            }
            _ => Some(self == other),
        }
    }

    fn order(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Tuple(a), Self::Tuple(b)) => {
                for (a, b) in a.iter().zip(b.iter()) {
                    match a.order(b)? {
                        std::cmp::Ordering::Equal => {}
                        other => return Some(other),
                    }
                }
                Some(a.len().cmp(&b.len()))
            }
            _ => None,
        }
    }
}

/// How deep an expression is looked into.
const DEPTH: usize = 40;
/// Longest text that is kept, bytes: all that a function's environment holds, and more than any path. What is put
/// together of itself would grow without end.
pub(super) const LENGTH: usize = 4 << 10;
/// Most that a tuple holds, counted as [`Constant::size`] does.
const SIZE: usize = 1_000;

pub(super) struct Folder<'f> {
    pub target: &'f Target,
    pub constants: &'f Constants,
    /// Dotted name of the module, when it is known.
    pub module: Option<&'f str>,
}

impl Folder<'_> {
    pub fn truth(&self, expr: &Expr) -> Option<bool> {
        self.fold(expr).map(|value| value.truth())
    }

    pub fn fold(&self, expr: &Expr) -> Option<Constant> {
        self.within(expr, DEPTH)
    }

    fn within(&self, expr: &Expr, depth: usize) -> Option<Constant> {
        let value = self.value(expr, depth.checked_sub(1)?)?;
        let is_kept = !matches!(&value, Constant::Text(text) | Constant::Here(text) if text.len() > LENGTH);
        is_kept.then_some(value)
    }

    fn value(&self, expr: &Expr, depth: usize) -> Option<Constant> {
        match expr {
            Expr::BooleanLiteral(literal) => Some(Constant::Bool(literal.value)),
            Expr::NoneLiteral(_) => Some(Constant::None),
            Expr::StringLiteral(literal) => Some(Constant::Text(literal.value.to_str().to_owned())),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(int) => int.as_i64().map(Constant::Int),
                _ => None,
            },
            Expr::Tuple(tuple) => {
                let (mut items, mut size) = (Vec::new(), 1);
                for element in &tuple.elts {
                    let item = self.within(element, depth)?;
                    size += item.size();
                    if size > SIZE {
                        return None;
                    }
                    items.push(item);
                }
                Some(Constant::Tuple(items.into()))
            }
            Expr::Name(name) => self.name(name.id.as_str()),
            Expr::Attribute(attribute) if attribute.attr.as_str() == "parent" => {
                parent(&self.within(&attribute.value, depth)?)
            }
            Expr::Attribute(_) => self.dotted(&dotted(expr)?),
            Expr::BinOp(operation) => {
                let (left, right) = (self.within(&operation.left, depth)?, self.within(&operation.right, depth)?);
                match (operation.op, left, right) {
                    (Operator::Div, left, right) => joined(&[left, right]),
                    (Operator::Add, Constant::Here(path), Constant::Text(more)) => {
                        Some(Constant::Here(format!("{path}{more}")))
                    }
                    (Operator::Add, Constant::Text(text), Constant::Text(more)) => Some(Constant::Text(text + &more)),
                    _ => None,
                }
            }
            Expr::Subscript(subscript) if is_environment(&subscript.value) => {
                self.variable(&self.within(&subscript.slice, depth)?)
            }
            Expr::Subscript(subscript) => {
                let Constant::Tuple(items) = self.within(&subscript.value, depth)? else { return None };
                match &*subscript.slice {
                    Expr::Slice(slice) if slice.lower.is_none() && slice.step.is_none() => {
                        let Constant::Int(upper) = self.within(slice.upper.as_deref()?, depth)? else { return None };
                        Some(Constant::Tuple(items.get(..usize::try_from(upper).ok()?)?.into()))
                    }
                    index => {
                        let Constant::Int(index) = self.within(index, depth)? else { return None };
                        items.get(usize::try_from(index).ok()?).cloned()
                    }
                }
            }
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
                Some(Constant::Bool(!self.within(&unary.operand, depth)?.truth()))
            }
            Expr::BoolOp(operation) => {
                let stop = operation.op == BoolOp::Or;
                let mut unknown = false;
                let mut last = None;
                for value in &operation.values {
                    match self.within(value, depth) {
                        Some(value) if value.truth() == stop => {
                            return if unknown { Some(Constant::Bool(stop)) } else { Some(value) };
                        }
                        Some(value) => last = Some(value),
                        None => unknown = true,
                    }
                }
                if unknown { None } else { last }
            }
            Expr::Compare(compare) => self.compare(compare, depth),
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func
                    && matches!(method.attr.as_str(), "resolve" | "absolute" | "as_posix")
                    && let Some(path @ Constant::Here(_)) = self.within(&method.value, depth)
                {
                    return Some(path);
                }
                if let Expr::Attribute(method) = &*call.func
                    && method.attr.as_str() == "startswith"
                    && let (Constant::Text(text), Some(Constant::Text(start))) = (
                        self.within(&method.value, depth)?,
                        call.arguments.args.first().and_then(|a| self.within(a, depth)),
                    )
                {
                    return Some(Constant::Bool(text.starts_with(&start)));
                }
                let text = |text: &str| Some(Constant::Text(text.to_owned()));
                let arguments =
                    || call.arguments.args.iter().map(|a| self.within(a, depth)).collect::<Option<Vec<_>>>();
                match &*dotted(&call.func)? {
                    "os.getcwd" | "getcwd" => text(self.target.working_folder),
                    // What is asked for in its absence does not count where it is set.
                    "os.environ.get" | "os.getenv" | "getenv" | "environ.get" => {
                        self.variable(&self.within(call.arguments.args.first()?, depth)?)
                    }
                    "os.path.dirname" | "path.dirname" | "dirname" => parent(arguments()?.first()?),
                    "os.path.join" | "path.join" | "join" => joined(&arguments()?),
                    "os.path.abspath" | "os.path.realpath" | "os.path.normpath" | "os.fspath" | "abspath"
                    | "realpath" | "str" | "Path" | "pathlib.Path" => joined(&arguments()?),
                    "platform.system" => text("Linux"),
                    "platform.python_implementation" => text("CPython"),
                    "platform.machine" => text(self.target.machine),
                    "bool" => self.within(call.arguments.args.first()?, depth).map(|v| Constant::Bool(v.truth())),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// An environment variable, as far as it is known.
    fn variable(&self, name: &Constant) -> Option<Constant> {
        let Constant::Text(name) = name else { return None };
        Some(match self.target.environment.get(name)? {
            Variable::Is(value) => Constant::Text(value.to_owned()),
            Variable::Set => Constant::SomeText,
        })
    }

    fn name(&self, name: &str) -> Option<Constant> {
        match name {
            "TYPE_CHECKING" => Some(Constant::Bool(false)),
            "__name__" => None,
            "__debug__" => Some(Constant::Bool(true)),
            "__file__" => Some(Constant::Here("?".to_owned())),
            "version_info" => Some(self.version()),
            other => self.constants.get(other).cloned(),
        }
    }

    fn version(&self) -> Constant {
        let numbers = [3, i64::from(self.target.minor), 99];
        let mut items: Vec<Constant> = numbers.into_iter().map(Constant::Int).collect();
        items.push(Constant::Text("final".to_owned()));
        items.push(Constant::Int(0));
        Constant::Tuple(items.into())
    }

    fn dotted(&self, name: &str) -> Option<Constant> {
        let text = |text: &str| Some(Constant::Text(text.to_owned()));
        match name {
            "sys.version_info" => Some(self.version()),
            "sys.version_info.major" => Some(Constant::Int(3)),
            "sys.version_info.minor" => Some(Constant::Int(i64::from(self.target.minor))),
            "sys.platform" => text("linux"),
            "os.name" => text("posix"),
            "sys.implementation.name" => text("cpython"),
            "six.PY2" => Some(Constant::Bool(false)),
            "six.PY3" => Some(Constant::Bool(true)),
            other if other.ends_with(".TYPE_CHECKING") => Some(Constant::Bool(false)),
            _ => None,
        }
    }

    fn compare(&self, compare: &ruff_python_ast::ExprCompare, depth: usize) -> Option<Constant> {
        let ([op], [right]) = (&*compare.ops, &*compare.comparators) else { return None };
        // A module that is imported is never the main one.
        if let (Expr::Name(name), Expr::StringLiteral(text)) = (&*compare.left, right)
            && name.id.as_str() == "__name__"
            && text.value.to_str() == "__main__"
        {
            return Some(Constant::Bool(*op == CmpOp::NotEq));
        }
        // By another name it may be loaded, too, where folders are searched that are not known yet.
        if let (Expr::Name(name), Expr::StringLiteral(text)) = (&*compare.left, right)
            && name.id.as_str() == "__name__"
            && self.module == Some(text.value.to_str())
            && matches!(op, CmpOp::Eq | CmpOp::NotEq)
        {
            return Some(Constant::Bool(*op == CmpOp::Eq));
        }
        if matches!(op, CmpOp::In | CmpOp::NotIn) && is_environment(right) {
            self.variable(&self.within(&compare.left, depth)?)?;
            return Some(Constant::Bool(*op == CmpOp::In));
        }
        let (left, right) = (self.within(&compare.left, depth)?, self.within(right, depth)?);
        let truth = match op {
            CmpOp::In | CmpOp::NotIn => {
                let Constant::Tuple(items) = right else { return None };
                let is_none_of = all(items.iter().map(|item| item.equals(&left).map(|same| !same)))?;
                is_none_of == (*op == CmpOp::NotIn)
            }
            CmpOp::Eq | CmpOp::Is => left.equals(&right)?,
            CmpOp::NotEq | CmpOp::IsNot => !left.equals(&right)?,
            CmpOp::Lt => left.order(&right)?.is_lt(),
            CmpOp::LtE => left.order(&right)?.is_le(),
            CmpOp::Gt => left.order(&right)?.is_gt(),
            CmpOp::GtE => left.order(&right)?.is_ge(),
        };
        Some(Constant::Bool(truth))
    }
}

/// Whether all are true; `None` where that is not known.
fn all(mut truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    truths
        .try_fold(Some(true), |so_far, truth| match truth {
            Some(false) => Err(Some(false)),
            Some(true) => Ok(so_far),
            None => Ok(None),
        })
        .unwrap_or_else(|ended| ended)
}

/// The mapping of all environment variables.
pub(super) fn is_environment(expr: &Expr) -> bool {
    matches!(dotted(expr).as_deref(), Some("os.environ" | "environ"))
}

/// The folder that a path lies in.
fn parent(path: &Constant) -> Option<Constant> {
    match path {
        Constant::Here(path) => Some(Constant::Here(match path.rsplit_once('/') {
            _ if path.is_empty() || path.ends_with("..") => format!("{path}/.."),
            Some((above, _)) => above.to_owned(),
            None => String::new(),
        })),
        Constant::Text(path) => Some(Constant::Text(path.rsplit_once('/')?.0.to_owned())),
        _ => None,
    }
}

/// Paths one below the other, an absolute one beginning anew.
fn joined(parts: &[Constant]) -> Option<Constant> {
    let mut out: Option<Constant> = None;
    for part in parts {
        out = Some(match (out, part) {
            (None, first @ (Constant::Here(_) | Constant::Text(_))) => first.clone(),
            (Some(Constant::Here(above) | Constant::Text(above)), _) if above.len() > LENGTH => return None,
            (_, Constant::Text(path)) if path.starts_with('/') => part.clone(),
            (Some(Constant::Here(above)), Constant::Text(path)) => Constant::Here(format!("{above}/{path}")),
            (Some(Constant::Text(above)), Constant::Text(path)) => Constant::Text(format!("{above}/{path}")),
            _ => return None,
        });
    }
    out
}

/// `a.b.c` as text.
pub(super) fn dotted(expr: &Expr) -> Option<Cow<'_, str>> {
    if let Expr::Name(name) = expr {
        return Some(Cow::Borrowed(name.id.as_str()));
    }
    let (mut at, mut length) = (expr, 0);
    while let Expr::Attribute(attribute) = at {
        length += attribute.attr.len() + 1;
        at = &attribute.value;
    }
    let Expr::Name(first) = at else { return None };
    // From behind, as it is found.
    let mut text = vec![b'.'; first.id.len() + length];
    let (mut at, mut end) = (expr, text.len());
    while let Expr::Attribute(attribute) = at {
        let name = attribute.attr.as_bytes();
        text[end - name.len()..end].copy_from_slice(name);
        end -= name.len() + 1;
        at = &attribute.value;
    }
    text[..end].copy_from_slice(first.id.as_bytes());
    String::from_utf8(text).ok().map(Cow::Owned)
}
