//! Release sets as rules see them.

use super::{Place, ReleaseSet, SetId};
use crate::source::{Origin, Source, Span};
use crate::value::Value;

fact! {
    /// What is applied together: every fact leads to its own by `release`
    "release" Release {
        /// What applies it: `compose`, `k8s`, `sam`, `cfn`, `cdk`, `serverless`, `terraform`, `npm`, `settings`, `artifact`
        technology: &'static str,
        /// `prod`, `staging` or `dev`, by paths, inputs and configuration; absent when nothing says
        environment: Value<String>,
        /// The file or folder that it starts from
        root: String,
        /// Part of it could not be seen
        open: bool,
    }
}

impl Release {
    /// What rules see of a set.
    pub fn of(id: SetId, set: &ReleaseSet) -> Self {
        let path = set.files.first().unwrap_or(&set.root).clone();
        let origin = Origin::new(Source::unread(path), Span::default());
        let environment = set.environment.as_ref().map(|(environment, _)| environment.word().to_owned());
        Self {
            place: Place { set: id, path: set.path(), origin: origin.clone() },
            technology: set.technology,
            environment: match environment {
                Some(word) => Value::known(word, origin),
                None => Value::absent(origin),
            },
            root: set.root.to_string(),
            open: set.open.is_some(),
        }
    }
}
