//! A position from what was typed. Whatever cannot be is refused here, before anything is written: a person can type it again.

use crate::args::FixArgs;
use crate::failure::Failure;
use daka_core::app::DakaError;
use daka_core::domain::place::{Fix, Platform, Provider, RawFix};

impl FixArgs {
    /// The position, if one was typed.
    ///
    /// # Errors
    /// [`Failure`] naming the field and its limits.
    pub(crate) fn raw(&self) -> Result<Vec<RawFix>, Failure> {
        let (Some(latitude), Some(longitude)) = (self.lat, self.lon) else { return Ok(Vec::new()) };
        let raw = RawFix {
            latitude,
            longitude,
            accuracy: self.accuracy,
            altitude: self.altitude,
            speed: self.speed,
            age_ms: i64::from(self.age) * 1000,
            platform: Platform::Other,
            provider: Provider::Other(0),
            mock: self.mock.then_some(true),
            precise: None,
        };
        Fix::parse(&raw).map_err(DakaError::from)?;
        Ok(vec![raw])
    }
}
