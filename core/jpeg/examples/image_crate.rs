//! A rival for the figures: the same mark by decoding and encoding with the `image` crate. One line `IN<tab>OUT` on standard input gives
//! one with the milliseconds of processor time and 0.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program for figures")]

use image::codecs::jpeg::JpegEncoder;
use std::error::Error;
use std::io::{BufRead as _, stdin};

fn main() -> Result<(), Box<dyn Error>> {
    for line in stdin().lock().lines() {
        let line = line?;
        let (from, to) = line.split_once('\t').ok_or("IN<tab>OUT")?;
        let begin = spent();
        let mut image = image::load_from_memory(&std::fs::read(from)?)?.to_rgb8();
        let (width, height) = image.dimensions();
        let stride = 3 * width as usize;
        let top = (height as usize).saturating_sub(480) * stride;
        for (at, sample) in image.as_flat_samples_mut().samples[top..].iter_mut().enumerate() {
            let x = at % stride / 3;
            *sample = if (x * 8 / 120).is_multiple_of(8) { 255 } else { *sample / 2 };
        }
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, 95).encode_image(&image)?;
        std::fs::write(to, out)?;
        println!("{:.3} 0", (spent() - begin) as f64 / 1e6);
    }
    Ok(())
}

/// Nanoseconds of processor time of this thread.
fn spent() -> i64 {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    1_000_000_000 * spent.tv_sec + spent.tv_nsec
}
