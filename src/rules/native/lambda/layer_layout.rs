//! `lambda/layer-layout`: packages lie where no runtime looks in a layer.

pub use super::shared::package_fault::check;
