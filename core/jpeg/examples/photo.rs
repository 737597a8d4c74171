//! The crate for judges that are not written in Rust: one command a line on standard input, words with tabs in between; one answer a line,
//! `ok` or `error` with what there is to say.
//!
//! ```text
//! splice IN OUT UNDO X Y WIDTH HEIGHT PLATE   ok LEFT TOP RIGHT BOTTOM DHASH
//! restore MARKED UNDO OUT                     ok
//! strip IN SIDE OUT DEPTH                     ok LEFT TOP RIGHT BOTTOM DHASH|-
//! unstrip MARKED OUT                          ok
//! read IN WIDTH DEPTH                         ok BYTES
//! survey IN                                   ok DHASH
//! markable IN OUT                             ok as_it_is|recoded|reencoded
//! untouched IN LEFT TOP RIGHT BOTTOM          ok DIGEST
//! exif IN                                     ok ORIENTATION YEAR MONTH DAY HOUR MINUTE SECOND OFFSET LATITUDE LONGITUDE, `-` for what is not said
//! ```
//!
//! The ink is a pattern of bars, thin and thick, as letters are. With the argument `--time` each answer has the milliseconds of processor time behind it,
//! files read and written included, and the peak of the program's memory in KiB.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program for judges and figures")]

use daka_jpeg::{
    Exif, Header, Mark, Markable, Plate, Side, Undo, markable, restore, splice, strip, survey, unstrip, untouched,
};
use std::error::Error;
use std::fs;
use std::io::{BufRead as _, stdin};

type Answer = Result<String, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let timed = std::env::args().any(|argument| argument == "--time");
    let mut inks = Inks::default();
    for line in stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split('\t').collect();
        let begin = spent();
        let answer = answer(&words, &mut inks);
        let after = if timed { format!(" {:.3} {}", (spent() - begin) as f64 / 1e6, peak()) } else { String::new() };
        match answer {
            Ok(said) => println!("ok {said}{after}"),
            Err(error) => println!("error {error}"),
        }
    }
    Ok(())
}

fn answer(words: &[&str], inks: &mut Inks) -> Answer {
    match *words {
        ["splice", from, to, undo, x, y, width, height, plate] => {
            let [x, y, width, height] = numbers([x, y, width, height])?;
            let ink = inks.of(width, height);
            let mark = Mark { ink, width, height, x, y, plate: Plate::Dark(plate.parse()?) };
            let spliced = splice(&fs::read(from)?, &mark)?;
            fs::write(to, spliced.file)?;
            fs::write(undo, spliced.undo.to_bytes()?)?;
            Ok(format!("{} {:016x}", joined(spliced.pixels), spliced.dhash))
        }
        ["restore", marked, undo, to] => {
            let undo = Undo::from_bytes(&fs::read(undo)?)?;
            fs::write(to, restore(&fs::read(marked)?, &undo)?)?;
            Ok(String::new())
        }
        ["strip", from, side, to, depth] => {
            let file = fs::read(from)?;
            let header = Header::parse(&file)?;
            let side = match side {
                "top" => Side::Top,
                "right" => Side::Right,
                "bottom" => Side::Bottom,
                "left" => Side::Left,
                orientation => Side::shown_at_bottom(orientation.parse()?),
            };
            let depth = depth.parse()?;
            let (width, height) = match side {
                Side::Top | Side::Bottom => (header.width, depth),
                Side::Left | Side::Right => (depth, header.height),
            };
            let ink = inks.of(width, height);
            let stripped = strip(&file, side, &Mark { ink, width, height, x: 0, y: 0, plate: Plate::Dark(255) })?;
            fs::write(to, stripped.file)?;
            let dhash = stripped.dhash.map_or("-".to_owned(), |dhash| format!("{dhash:016x}"));
            Ok(format!("{} {dhash}", joined(stripped.pixels)))
        }
        ["unstrip", marked, to] => {
            fs::write(to, unstrip(&fs::read(marked)?)?)?;
            Ok(String::new())
        }
        ["read", from, width, depth] => {
            let [width, depth] = numbers([width, depth])?;
            inks.of(width, depth);
            Ok(fs::read(from)?.len().to_string())
        }
        ["markable", from, to] => {
            let file = fs::read(from)?;
            let markable = markable(&file)?;
            fs::write(to, markable.file())?;
            let said = match markable {
                Markable::AsItIs(_) => "as_it_is",
                Markable::Recoded(_) => "recoded",
                Markable::Reencoded(_) => "reencoded",
            };
            Ok(said.to_owned())
        }
        ["survey", from] => Ok(format!("{:016x}", survey(&fs::read(from)?)?)),
        ["untouched", from, left, top, right, bottom] => digest(&fs::read(from)?, numbers([left, top, right, bottom])?),
        ["exif", from] => exif(&fs::read(from)?),
        _ => Err("an unknown command; see the top of this program".into()),
    }
}

fn numbers<const N: usize>(words: [&str; N]) -> Result<[usize; N], Box<dyn Error>> {
    let mut out = [0; N];
    for (number, word) in out.iter_mut().zip(words) {
        *number = word.parse()?;
    }
    Ok(out)
}

fn joined(numbers: [usize; 4]) -> String {
    numbers.map(|number| number.to_string()).join(" ")
}

/// The digest that the module `survey` describes.
fn digest(file: &[u8], outside: [usize; 4]) -> Answer {
    let mut components: Vec<ring::digest::Context> = Vec::new();
    untouched(file, Some(outside), |at, bytes| {
        if at == components.len() {
            components.push(ring::digest::Context::new(&ring::digest::SHA256));
        }
        components[at].update(bytes);
    })?;
    let mut all = b"daka coefficients 0\0".to_vec();
    all.push(u8::try_from(components.len())?);
    for component in components {
        all.extend(component.finish().as_ref());
    }
    let digest = ring::digest::digest(&ring::digest::SHA256, &all);
    Ok(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn exif(file: &[u8]) -> Answer {
    let exif = Exif::read(file, &Header::parse(file)?);
    let mut words = vec![exif.orientation.map_or("-".to_owned(), |orientation| orientation.to_string())];
    words.push(exif.taken.map_or("- - - - - - -".to_owned(), |t| {
        let offset = t.offset.map_or("-".to_owned(), |minutes| minutes.to_string());
        format!("{} {} {} {} {} {} {offset}", t.year, t.month, t.day, t.hour, t.minute, t.second)
    }));
    words.push(exif.position.map_or("- -".to_owned(), |p| format!("{:.6} {:.6}", p.latitude, p.longitude)));
    Ok(words.join(" "))
}

/// Ink that was drawn: a mark's is drawn before its picture is there.
#[derive(Default)]
struct Inks(Option<(usize, Vec<u8>)>);

impl Inks {
    fn of(&mut self, width: usize, height: usize) -> &[u8] {
        if self.0.as_ref().is_none_or(|(was, ink)| *was != width || ink.len() != width * height) {
            self.0 = Some((width, bars(width, height)));
        }
        self.0.as_ref().map_or(&[], |(_, ink)| ink)
    }
}

/// Nanoseconds of processor time of this thread.
fn spent() -> i64 {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    1_000_000_000 * spent.tv_sec + spent.tv_nsec
}

/// Bars in three lines, as letters cover about a sixth of their lines.
fn bars(width: usize, height: usize) -> Vec<u8> {
    let line = (height / 4).max(8);
    let mut ink = vec![0; width * height];
    for (y, row) in ink.chunks_exact_mut(width).enumerate() {
        if y % line > line / 5 {
            for (x, opacity) in row.iter_mut().enumerate() {
                *opacity = match (x * 8 / line) % 8 {
                    0 => 255,
                    4 if y % line > line / 2 => 255,
                    1 if y % 2 == 0 => 90,
                    _ => 0,
                };
            }
        }
    }
    ink
}

/// The most memory that the program had, KiB; 0 where the system does not say it.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}
