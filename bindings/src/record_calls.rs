//! Calls that show the record: months, days, one punch, its photos. None needs a network, and none writes.

use crate::client::DakaClient;
use crate::failure::DakaFailure;
use crate::records::PunchResult;
use crate::requests::{digest, punch_id};
use crate::views::{DayView, MonthView, PunchDetail, date};
use daka_core::domain::calendar::Month;

#[uniffi::export(async_runtime = "tokio")]
impl DakaClient {
    /// A month by local days, with a mark for each. What it costs does not grow with the journal.
    ///
    /// # Errors
    /// `BadValue` for a year outside 1970 to 2100 or a month outside 1 to 12, `NotEnrolled`, or the store refuses.
    pub async fn month(&self, year: i32, month: i32) -> Result<MonthView, DakaFailure> {
        let month = Month::new(year, month)?;
        self.inner.run(move |engine| engine.month(month).map(Into::into)).await
    }

    /// A local day, `YYYY-MM-DD`: the punches whose own offset put them into it.
    ///
    /// # Errors
    /// `BadValue` for a text that is no date of 1970 to 2100, `NotEnrolled`, or the store refuses.
    pub async fn day(&self, date: String) -> Result<DayView, DakaFailure> {
        let date = self::date(&date)?;
        self.inner.run(move |engine| engine.day(date).map(Into::into)).await
    }

    /// One punch in full: its time as known now, place, photos, receipt, and why.
    ///
    /// # Errors
    /// `UnknownPunch`, `BadValue`, `NotEnrolled`, or the store refuses.
    pub async fn punch_detail(&self, punch: String) -> Result<PunchDetail, DakaFailure> {
        let punch = punch_id(&punch)?;
        self.inner.run(move |engine| engine.punch_detail(punch).map(Into::into)).await
    }

    /// What a tap gave, as known now: for the result's screen that comes back after its process has ended.
    ///
    /// # Errors
    /// As `punch_detail`.
    pub async fn punch_result(&self, punch: String) -> Result<PunchResult, DakaFailure> {
        Ok(self.punch_detail(punch).await?.into())
    }

    /// The bytes of a photo in the sealed store, for showing it. More than `max_bytes` are not handed over; no photo has more than
    /// 64 MiB.
    ///
    /// # Errors
    /// `PhotoMissing`, `PhotoTooLarge`, `Damaged`, `BadValue`, `NotEnrolled`, or the store refuses.
    pub async fn photo(&self, digest: String, max_bytes: u64) -> Result<Vec<u8>, DakaFailure> {
        let digest = self::digest(&digest)?;
        self.inner.run(move |engine| engine.photo(digest, max_bytes)).await
    }
}
