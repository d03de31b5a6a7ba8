//! What every runtime of AWS Lambda has alike.

use crate::code::Preset;

/// Where the package lies when it runs, and the working directory: the path from the root of a mounted tree.
///
/// Source: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (`LAMBDA_TASK_ROOT`), 2026-08.
pub const TASK_ROOT: &str = "var/task";
/// The same as code sees it.
pub const TASK_FOLDER: &str = "/var/task";
/// Where layers are unpacked: the path from the root of a mounted tree.
///
/// Source: docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html, 2026-08.
pub const LAYER_ROOT: &str = "opt";

/// Environment variables that are set in every function.
///
/// Source: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, 2026-08.
pub const ENVIRONMENT: &[Preset] = &[
    ("AWS_REGION", None),
    ("AWS_DEFAULT_REGION", None),
    ("AWS_EXECUTION_ENV", None),
    ("AWS_LAMBDA_FUNCTION_NAME", None),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", None),
    ("AWS_LAMBDA_FUNCTION_VERSION", None),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", None),
    ("AWS_LAMBDA_LOG_GROUP_NAME", None),
    ("AWS_LAMBDA_LOG_STREAM_NAME", None),
    ("AWS_LAMBDA_RUNTIME_API", None),
    ("LAMBDA_TASK_ROOT", Some(TASK_FOLDER)),
    ("LAMBDA_RUNTIME_DIR", None),
    ("PATH", None),
    ("LANG", None),
    ("TZ", None),
    ("_HANDLER", None),
];
