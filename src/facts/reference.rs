//! References inside templates.

use super::{Id, Route};

fact! {
    /// A name that a template uses for another thing of the same template
    "reference" Reference {
        /// `sam`, `cfn`, `cdk`
        technology: &'static str,
        /// How it is written: `Ref`, `Fn::GetAtt`, `Fn::Sub`, `DependsOn`, `Condition`, `Fn::FindInMap`
        form: &'static str,
        /// The name
        target: String,
        /// The attribute asked of it, empty when none is
        attribute: String,
        /// A thing of that name exists
        defined: bool,
        /// The closest name that exists, empty when none is close
        nearest: String,
        /// The route whose target it is, when nothing of that name exists
        route: Option<Id<Route>>,
    }
}
