//! Permissions to call functions.

use super::route::Target;
use crate::value::Value;

fact! {
    /// A permission to call a function (`AWS::Lambda::Permission`)
    "permission" Permission {
        /// `sam`, `cfn`, `cdk`
        technology: &'static str,
        /// The function
        target: Target,
        /// Who may call it
        principal: Value<String>,
        /// Which action
        action: Value<String>,
        /// From where: an ARN pattern
        source_arn: Value<String>,
        /// Id of the API that the source names, if it names one
        source_api: Value<String>,
    }
}
