//! Routes of APIs.

use super::{AsField, Field, Function, Id, Offsets};
use crate::value::{Value, Why};

/// What a route or a permission points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A function of the same template, by its id there.
    Function(Id<Function>),
    /// A name of the same template that no function has.
    Undefined {
        /// The name as written.
        name: String,
    },
    /// Another resource of the template that is no function (an alias, a version, a queue).
    Resource {
        /// Its id.
        id: String,
        /// Its type.
        kind: String,
    },
    /// A function by ARN or name, defined elsewhere.
    External {
        /// As written.
        name: String,
        /// True when the ARN names an account.
        has_account: bool,
    },
    /// Not a function: a URL, a mock, a service integration.
    NotAFunction,
    /// Cannot be decided.
    Unknown(Why),
}

impl AsField for Target {
    const KIND: &'static str = "target";
    fn as_field(&self) -> Field<'_> {
        match self {
            Self::Unknown(why) => Field::Target(Some(why)),
            _ => Field::Target(None),
        }
    }
    fn shift(&mut self, offsets: &Offsets) {
        if let Self::Function(id) = self {
            id.shift(offsets);
        }
    }
}

fact! {
    /// A route of an API
    "route" Route {
        /// `sam`, `cfn`, `cdk`
        technology: &'static str,
        /// Id of the API in the template
        api: String,
        /// `rest`, `http` or `websocket`
        api_kind: &'static str,
        /// HTTP method, `ANY`, or the route key of a WebSocket API
        method: Value<String>,
        /// Path
        path: Value<String>,
        /// Name of the stage; absent when every stage is meant
        stage: Value<String>,
        /// What it calls
        target: Target,
        /// What it calls, as written
        integration: Value<String>,
        /// A role lets the API call the function, so no permission is needed
        has_credentials: bool,
        /// The template transform writes the permission itself
        permission_implied: bool,
    }
}

impl Route {
    /// The route in words: `GET /users/{id}`, `$connect`.
    pub fn title(&self) -> String {
        let show = |value: &Value<String>| value.get().map_or("?", String::as_str).to_owned();
        match self.api_kind {
            "websocket" => show(&self.method),
            _ => format!("{} {}", show(&self.method), show(&self.path)),
        }
    }
}
