//! What tests of several packages share. Nothing here goes into a product.

pub mod keys;
pub mod tiny_server;
pub mod tiny_story;
