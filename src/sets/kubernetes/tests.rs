//! Planning over small trees.
