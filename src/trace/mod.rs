//! Walks from a function's entry point through the files that will be deployed.
