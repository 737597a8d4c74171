//! `fuzz SECONDS SEED FILE…`: changes the files in thousands of ways and holds the crate to its promises for each of them.
//!
//! The same seed gives the same changes, so a finding is found again. A file that breaks a promise is written to `fuzz-finding.jpg` in the
//! folder for temporary files, and the program ends with the panic. Bits, bytes, lengths, markers and pieces are changed; every other time
//! inside the scan, because the rest is short beside it. The last line says how many files there were and how far they were taken.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a program for testing")]

#[path = "../tests/promises/mod.rs"]
mod promises;

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};
use std::{env, fs};

use daka_jpeg::Header;
use promises::{Taken, hold};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [seconds, seed, names @ ..] = &arguments[..] else { return Err("fuzz SECONDS SEED FILE…".into()) };
    let files = names.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    let mut random = Random(seed.parse::<u64>()? | 1);
    let end = Instant::now() + Duration::from_secs(seconds.parse()?);
    let (mut refused, mut recoded, mut damaged, mut marked) = (0u64, 0u64, 0u64, 0u64);
    while Instant::now() < end {
        let mut file = files[random.below(files.len())].clone();
        for _ in 0..=random.below(4) {
            change(&mut file, &mut random, &files);
        }
        let shift = random.below(1 << 16);
        match catch_unwind(AssertUnwindSafe(|| hold(&file, shift))) {
            Ok(Taken::Refused) => refused += 1,
            Ok(Taken::Recoded) => recoded += 1,
            Ok(Taken::Damaged) => damaged += 1,
            Ok(Taken::Marked) => marked += 1,
            Err(panic) => {
                let path = env::temp_dir().join("fuzz-finding.jpg");
                fs::write(&path, &file)?;
                eprintln!("a promise is broken by {} with the shift {shift}", path.display());
                resume_unwind(panic);
            }
        }
    }
    println!(
        "{} files: {refused} refused, {damaged} damaged, {marked} marked and given back, {recoded} coded again first",
        refused + damaged + marked + recoded
    );
    Ok(())
}

/// Xorshift with a product (Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// 0 to `n` − 1; 0 if `n` is 0.
    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 16) as usize % n.max(1)
    }
}

fn change(file: &mut Vec<u8>, random: &mut Random, files: &[Vec<u8>]) {
    let scan = Header::parse(file).map_or(0, |header| header.scan);
    let (from, to) = if random.below(2) == 0 { (0, scan.max(file.len().min(700))) } else { (scan, file.len()) };
    let at = (from + random.below(to.saturating_sub(from))).min(file.len().saturating_sub(1));
    let Some(byte) = file.get_mut(at) else { return };
    match random.below(11) {
        0..=2 => *byte ^= 1 << random.below(8),
        3 => *byte = random.next() as u8,
        4 => *byte = [0x00, 0xFF, 0x01, 0x7F, 0x80, 0x11][random.below(6)],
        5 => file.truncate(at),
        6 => {
            let end = (at + random.below(64)).min(file.len());
            file.drain(at..end);
        }
        7 => {
            let end = (at + random.below(64)).min(file.len());
            let piece = file[at..end].to_vec();
            file.splice(at..at, piece);
        }
        8 => {
            let code = [0xD0, 0xD1, 0xD7, 0xD8, 0xD9, 0xDA, 0xDC, 0xDD, 0xC0, 0xC4, 0xDB, 0xFF][random.below(12)];
            file.splice(at..at, [0xFF, code]);
        }
        9 => {
            let other = &files[random.below(files.len())];
            let begin = random.below(other.len());
            let end = (begin + random.below(512)).min(other.len());
            file.splice(at..at, other[begin..end].iter().copied());
        }
        _ => {
            let number = [0u16, 1, 2, 8, 255, 4096, 65_535][random.below(7)].to_be_bytes();
            if let Some(place) = file.get_mut(at..at + 2) {
                place.copy_from_slice(&number);
            }
        }
    }
}
