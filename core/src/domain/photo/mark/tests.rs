use super::wrap::{Letter, letters, rows, width};
use super::*;
use proptest::prelude::*;

/// Han characters are as wide as high, all others half of it; it lacks 𠮷 and whatever is in the private use area.
struct Plain;

impl Measure for Plain {
    fn width(&self, c: char) -> Option<f32> {
        match c {
            '𠮷' | '\u{E000}'..='\u{F8FF}' => None,
            '\u{2E80}'.. => Some(1.0),
            _ => Some(0.5),
        }
    }
}

fn text(lines: &[&str]) -> MarkText {
    MarkText::parse(lines).unwrap()
}

fn style(fields: StyleFields<'_>) -> MarkStyle {
    MarkStyle::parse(fields).unwrap()
}

const SPLICE: StyleFields<'_> =
    StyleFields { mode: Some("splice"), placement: None, plate: None, opacity: None, size: None };

fn frame(width: usize, height: usize, orientation: u16) -> Frame {
    Frame { size: (width, height), mcu: (16, 16), orientation: Orientation::new(orientation) }
}

#[test]
fn a_text_has_one_to_eight_lines_of_what_can_be_drawn() {
    let line = |n: usize| "字".repeat(n);
    assert_eq!(MarkText::parse::<&str>(&[]), Err(MarkTextError::Lines { got: 0 }));
    assert_eq!(MarkText::parse(&["x"; 9]), Err(MarkTextError::Lines { got: 9 }));
    assert_eq!(text(&["x"; 8]).lines().len(), 8);
    assert!(MarkText::parse(&[line(96)]).is_ok());
    assert_eq!(MarkText::parse(&["x".to_owned(), line(97)]), Err(MarkTextError::Long { line: 2, got: 97 }));
    assert_eq!(MarkText::parse(&["x", " \u{3000} "]), Err(MarkTextError::Empty { line: 2 }));
    for unseen in ['\n', '\t', '\0', '\u{7F}', '\u{85}', '\u{202E}', '\u{200B}', '\u{FEFF}', '\u{E0041}'] {
        let found = MarkText::parse(&[format!("ab{unseen}c")]);
        assert_eq!(found, Err(MarkTextError::Unseen { line: 1, at: 3, character: u32::from(unseen) }));
    }
    // What is said names the field and the limit.
    assert_eq!(MarkTextError::Lines { got: 9 }.to_string(), "text: a mark has 1 to 8 lines, not 9");
    assert!(MarkTextError::Long { line: 2, got: 97 }.to_string().contains("at most 96"));
}

#[test]
fn a_style_refuses_what_its_mode_has_no_use_for() {
    assert_eq!(style(StyleFields::default()), MarkStyle::default());
    let wrong = |fields| MarkStyle::parse(fields).unwrap_err().field();
    let strip = StyleFields::default();
    assert_eq!(wrong(StyleFields { mode: Some("stamp"), ..strip }), "mode");
    assert_eq!(wrong(StyleFields { placement: Some("middle"), ..strip }), "placement");
    assert_eq!(wrong(StyleFields { placement: Some("top_left"), ..strip }), "placement");
    assert_eq!(wrong(StyleFields { plate: Some("red"), ..strip }), "plate");
    assert_eq!(wrong(StyleFields { plate: Some("none"), ..strip }), "plate");
    assert_eq!(wrong(StyleFields { opacity: Some(80), ..strip }), "opacity");
    assert_eq!(wrong(StyleFields { opacity: Some(80), plate: Some("none"), ..SPLICE }), "opacity");
    for (opacity, size, field) in [(54, 28, "opacity"), (101, 28, "opacity"), (62, 14, "size"), (62, 61, "size")] {
        assert_eq!(wrong(StyleFields { opacity: Some(opacity), size: Some(size), ..SPLICE }), field);
    }
    let light = style(StyleFields { plate: Some("light"), opacity: Some(55), placement: Some("top_right"), ..SPLICE });
    let place = Place::Corner { edge: Edge::Top, right: true };
    assert_eq!(light, MarkStyle::Splice { place, plate: Plate::Light(55), size: TextShare::default() });
}

/// Exif 2.32, tag 0x0112: where the stored first row and column are shown. From that, of a picture three wide and two high, the stored pixel
/// that is shown first, and the one next to it at its right.
#[test]
fn a_shown_pixel_is_stored_where_exif_says() {
    let expected = [
        ((0, 0), (1, 0)), // row at the top, column at the left
        ((2, 0), (1, 0)), // top, right
        ((2, 1), (1, 1)), // bottom, right
        ((0, 1), (1, 1)), // bottom, left
        ((0, 0), (0, 1)), // row at the left, column at the top
        ((0, 1), (0, 0)), // right, top
        ((2, 1), (2, 0)), // right, bottom
        ((2, 0), (2, 1)), // left, bottom
    ];
    for (value, (first, next)) in (1..).zip(expected) {
        let orientation = Orientation::new(value);
        assert_eq!(orientation.stored((0, 0), (3, 2)), first, "{value}");
        assert_eq!(orientation.stored((1, 0), (3, 2)), next, "{value}");
        assert_eq!(orientation.size((3, 2)), if value < 5 { (3, 2) } else { (2, 3) });
        let area = Area { x: 0..2, y: 0..1 };
        let stored = orientation.stored_area(&area, (3, 2));
        assert_eq!((stored.x.start, stored.y.start), (first.0.min(next.0), first.1.min(next.1)), "{value}");
        assert_eq!(orientation.shown_area(&stored, (3, 2)), area, "{value}");
    }
    assert_eq!(Orientation::new(0), Orientation::new(1));
    assert_eq!(Orientation::new(9), Orientation::new(1));
}

fn broken(line: &str, most: f32) -> Vec<String> {
    let letters = letters(line, &Plain, &mut Vec::new());
    rows(&letters, most).into_iter().map(|row| row.iter().map(|letter| letter.c).collect()).collect()
}

#[test]
fn lines_break_at_spaces_and_between_han_characters() {
    assert_eq!(broken("中環總部 Central HQ", 20.0), ["中環總部 Central HQ"]);
    assert_eq!(broken("中環總部 Central HQ", 8.0), ["中環總部 Central", "HQ"]);
    assert_eq!(broken("中環總部 Central HQ", 4.0), ["中環總部", "Central", "HQ"]);
    assert_eq!(broken("中環總部 Central HQ", 3.0), ["中環總", "部", "Centra", "l HQ"]);
    // Between Han characters and Latin ones, and not inside a number.
    assert_eq!(broken("路6009号", 3.0), ["路6009", "号"]);
    // A closing mark is not the first of a row, an opening one not the last.
    assert_eq!(broken("中環，九龍", 2.0), ["中", "環，", "九龍"]);
    assert_eq!(broken("中環（九龍）", 3.0), ["中環", "（九", "龍）"]);
    // One letter a row is the least.
    assert_eq!(broken("中環", 0.1), ["中", "環"]);
    assert_eq!(broken("a  b", 0.6), ["a", "b"]);
}

#[test]
fn what_the_font_lacks_is_its_code_point_in_one_piece() {
    let mut missing = Vec::new();
    let line = letters("陳𠮷文𠮷", &Plain, &mut missing);
    assert_eq!(missing, ['𠮷']);
    assert_eq!(line.iter().map(|l| l.c).collect::<String>(), "陳U+20BB7文U+20BB7");
    // U+20BB7 is seven letters of half a height.
    assert_eq!(broken("陳𠮷文", 4.0), ["陳", "U+20BB7", "文"]);
    let plan = plan(&frame(800, 600, 1), &text(&["陳\u{E001}文"]), &MarkStyle::default(), &Plain).unwrap();
    assert_eq!((plan.missing.as_slice(), plan.rows[0].text.as_str()), (&['\u{E001}'][..], "陳U+E001文"));
}

#[test]
fn short_lines_go_into_two_columns_over_a_whole_width() {
    let lines =
        text(&["2026-11-24 08:58:03 +08:00 Verified", "22.28193 N 114.15816 E", "中環總部", "陳大文", "7ZK4Q-0M8XA*"]);
    let rows = |plan: &Plan| plan.rows.iter().map(|row| row.y as u32).collect::<std::collections::BTreeSet<_>>().len();
    let wide = plan(&frame(4000, 3000, 1), &lines, &MarkStyle::default(), &Plain).unwrap();
    assert_eq!((rows(&wide), wide.rows.len()), (3, 5));
    let corner =
        plan(&frame(4000, 3000, 1), &lines, &style(StyleFields { placement: Some("top_left"), ..SPLICE }), &Plain);
    assert_eq!(rows(&corner.unwrap()), 5);
    // 32 thousandths of 3000.
    assert!((wide.em - 96.0).abs() < 0.01);
    // Three rows: 2 × 1.4 + 0.88 + 0.2 and 2 × 0.6 of margin are 5.08 heights of 96 pixels: 487.7, on MCUs of 16 pixels 496.
    assert_eq!(wide.area, Area { x: 0..4000, y: 0..496 });
}

#[test]
fn without_room_nothing_is_cut() {
    let lines = text(&["2026-11-24 08:58:03 +08:00 Verified", "22.28193 N 114.15816 E WGS-84 ±12 m"]);
    let refused = plan(&frame(80, 60, 6), &lines, &MarkStyle::default(), &Plain).unwrap_err();
    assert_eq!(refused, NoRoom { width: 60, height: 80 });
    assert!(refused.to_string().contains("60 × 80") && refused.to_string().contains("12 pixels"));
    let small = plan(&frame(320, 240, 1), &lines, &MarkStyle::default(), &Plain).unwrap();
    assert!((small.em - MIN_EM).abs() < 0.01);
    // Each line in two rows of 12 pixels: 3 × 1.4 + 1.08 and 1.2 of margin are 77.8 pixels, more than half of 100, less than the whole.
    let low = frame(160, 100, 1);
    assert_eq!(plan(&low, &lines, &MarkStyle::default(), &Plain).unwrap().area, Area { x: 0..160, y: 0..80 });
    assert!(plan(&low, &lines, &style(SPLICE), &Plain).is_err());
}

#[test]
fn a_mask_of_the_platform_has_to_fit_too() {
    let corner = style(StyleFields { placement: Some("bottom_right"), ..SPLICE });
    let (area, begin) = boxed_mask(&frame(800, 600, 1), (200, 100), &corner).unwrap();
    // 0.8 of 32 thousandths of 600 is a margin of 15, less than an MCU: columns 584 to 784 and lines 484 to 584, moved outward to MCUs.
    assert_eq!(area, Area { x: 576..784, y: 480..592 });
    assert_eq!(begin, (4, 6));
    for size in [(801, 10), (10, 301), (790, 10)] {
        assert_eq!(boxed_mask(&frame(800, 600, 1), size, &corner).unwrap_err(), NoRoom { width: 800, height: 600 });
    }
    let (area, begin) = boxed_mask(&frame(800, 600, 6), (600, 90), &MarkStyle::default()).unwrap();
    // Shown 600 wide; the strip's depth is along stored columns.
    assert_eq!((area, begin), (Area { x: 0..96, y: 0..600 }, (0, 3)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever the picture, the text and the style: the box is inside the picture, on whole MCUs or at the picture's edges, and the whole
    /// text is inside the box.
    #[test]
    fn every_plan_is_whole(
        width in 1usize..5000, height in 1usize..5000, value in 1u16..9, mcu in prop::sample::select(vec![(8, 8), (16, 8), (8, 16), (16, 16)]),
        lines in prop::collection::vec("[ -~中環總部，（]{1,40}", 1..9),
        place in prop::sample::select(vec!["bottom", "top", "bottom_left", "bottom_right", "top_left", "top_right"]),
        size in 15u16..61, splice: bool,
    ) {
        prop_assume!(lines.iter().all(|line| !line.trim().is_empty()));
        let splice = splice || place.contains('_');
        let fields = StyleFields { mode: Some(if splice { "splice" } else { "strip" }), placement: Some(place), size: Some(size), ..StyleFields::default() };
        let frame = Frame { size: (width, height), mcu, orientation: Orientation::new(value) };
        let said = MarkText::parse(&lines).unwrap();
        let Ok(plan) = plan(&frame, &said, &style(fields), &Plain) else {
            // No picture of a phone is refused: 8 lines of 40 characters at 12 pixels.
            prop_assert!(width.min(height) < 640, "{width} × {height}");
            return Ok(());
        };
        let Area { x, y } = &plan.area;
        if splice {
            prop_assert!(x.end <= width && y.end <= height);
            prop_assert!(x.start % mcu.0 == 0 && (x.end % mcu.0 == 0 || x.end == width));
            prop_assert!(y.start % mcu.1 == 0 && (y.end % mcu.1 == 0 || y.end == height));
            // A corner's box touches no edge.
            let free = x.start > 0 && y.start > 0 && x.end < width && y.end < height;
            prop_assert!(free || !place.contains('_'), "{:?}", plan.area);
        }
        prop_assert!(plan.em >= MIN_EM);
        let (across, down) = plan.orientation.size(plan.area.size());
        for row in &plan.rows {
            let letters: Vec<Letter> = letters(&row.text, &Plain, &mut Vec::new());
            prop_assert!(row.x >= 0.0 && row.x + width_of(&letters) * plan.em <= across as f32 + 1.0, "{row:?} {across}");
            prop_assert!(row.y - 0.88 * plan.em >= -1.0 && row.y + 0.2 * plan.em <= down as f32 + 1.0, "{row:?} {down}");
        }
        // Nothing is lost but the spaces at breaks.
        let drawn: String = plan.rows.iter().flat_map(|row| row.text.chars()).filter(|c| *c != ' ').collect();
        let meant: String = lines.concat().chars().filter(|c| *c != ' ').collect();
        prop_assert_eq!(drawn, meant);
    }
}

fn width_of(letters: &[Letter]) -> f32 {
    width(letters)
}
