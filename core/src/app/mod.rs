//! The use cases, written against the ports.

mod error;

pub use error::{CaptureError, DakaError, EnrolError, ErrorCode, PhotoError};
