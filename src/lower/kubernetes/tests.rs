//! Lowering of small manifests.
