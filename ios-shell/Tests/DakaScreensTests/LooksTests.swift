import Daka
import Foundation
@_spi(Testing) import SwiftUI
import Testing

@testable import DakaScreens

/// Colours, sizes and sentences, as far as they can be seen without a picture.
@Suite struct LooksTests {
    /// Relative luminance and contrast as WCAG 2.2 defines them.
    static func contrast(_ a: [Double], _ b: [Double]) -> Double {
        func luminance(_ color: [Double]) -> Double {
            let linear = color.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        }
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    @Test func theContrastIsWCAGs() {
        // From WCAG's own text: black on white is 21 : 1; #767676 on white is 4.54 : 1.
        #expect(Self.contrast([0, 0, 0], [1, 1, 1]) == 21)
        #expect(abs(Self.contrast(Array(repeating: 118.0 / 255, count: 3), [1, 1, 1]) - 4.54) < 0.005)
    }

    /// The system's grouped backgrounds (systemBackground, secondarySystemGroupedBackground and its third step), light and dark.
    @Test(arguments: Tone.allCases) func coloursAreReadableOnEveryBackground(_ tone: Tone) {
        let light: [[Double]] = [[255, 255, 255], [242, 242, 247], [229, 229, 234]]
        let dark: [[Double]] = [[0, 0, 0], [28, 28, 30], [44, 44, 46]]
        for (scheme, backgrounds) in [(ColorScheme.light, light), (.dark, dark)] {
            for background in backgrounds {
                let ratio = Self.contrast(tone.color(scheme).components, background.map { $0 / 255 })
                #expect(ratio >= 4.5, "\(tone) in \(scheme) on \(background): \(ratio)")
            }
        }
    }

    @Test func everySentenceIsThereInThreeLanguagesWithItsPlaceholders() {
        #expect(catalog.gaps(languages) == [])
        #expect(catalog.keys.count > 100)
    }

    @Test func aGapInACatalogueIsFound() throws {
        let bad = """
            {"sourceLanguage":"en","version":"1.0","strings":{"a %lld":{"localizations":{
            "en":{"stringUnit":{"state":"translated","value":"%@ a"}},"zh-Hans":{"stringUnit":{"state":"new","value":"%lld"}},
            "zh-Hant-HK":{"stringUnit":{"state":"translated","value":""}}}}}}
            """
        #expect(
            try Catalog(Data(bad.utf8)).gaps(languages) == [
                "a %lld: placeholders differ in en", "a %lld: new in zh-Hans", "a %lld: empty in zh-Hant-HK",
                "a %lld: placeholders differ in zh-Hant-HK",
            ])
    }

    @Test func timesHave24HoursInEveryLanguage() {
        // 2026-01-01 15:07:09 UTC, in UTC+8: seven minutes past eleven in the evening.
        let moment = Moment(ms: 1_767_280_029_000, offsetMin: 480)
        for language in languages {
            #expect(Clock(zone: moment.zone, language: Locale(identifier: language)).format(moment.date) == "23:07")
        }
        // Midnight is 00, never 24.
        let midnight = Moment(ms: 1_767_225_600_000, offsetMin: 0)
        #expect(Clock(zone: midnight.zone, language: Locale(identifier: "en")).format(midnight.date) == "00:00")
        #expect(Moment(ms: 0, offsetMin: 330).zoneName == "UTC+5:30" && Moment(ms: 0, offsetMin: -480).zoneName == "UTC−8")
    }

    @Test func aZoneIsNamedInTheLanguageAndOnlyWhereItsClocksDiffer() {
        #expect(otherZone(TimeZone.current.identifier, in: Locale(identifier: "en")) == nil)
        #expect(otherZone(nil, in: Locale(identifier: "en")) == nil && otherZone("Nowhere/Else", in: Locale(identifier: "en")) == nil)
        // UTC+14, where no machine of a test is; the names are Unicode's (CLDR).
        #expect(otherZone("Pacific/Kiritimati", in: Locale(identifier: "en")) == "Line Islands Time")
        #expect(otherZone("Pacific/Kiritimati", in: Locale(identifier: "zh-Hans")) == "莱恩群岛时间")
    }

    @MainActor @Test func aPlaceReadsWellWithoutANameAndItsAccuracyStaysTogether() {
        let whys = [WhyCode.placeInside, .placeOutside, .placeUncertain].map {
            Why(code: $0, args: [.text(value: ""), .metres(value: 12.4), .metres(value: 5.6)])
        }
        #expect(Screen(sentences(whys), catalog: catalog).words() == """
            You were at the site, 12 m inside its edge; accuracy ±\u{a0}6 m.
            You were 12 m from the edge of the site; accuracy ±\u{a0}6 m.
            The position was 12 m from the edge of the site with an accuracy of ±\u{a0}6 m: it could be either.
            """)
        for language in languages {
            let screen = Screen(sentences(whys), language: language, catalog: catalog)
            #expect(screen.missing == [] && !screen.words().contains("“”") && !screen.words().contains("「」"))
        }
    }

    @Test func monthsTurnOverTheYear() {
        #expect(CalendarDay(year: 2026, month: 12).plus(months: 1) == CalendarDay("2027-01-01"))
        #expect(CalendarDay(year: 2026, month: 1).plus(months: -1) == CalendarDay("2025-12-01"))
        #expect(CalendarDay("2026-02-03")?.date.timeIntervalSince1970 == 1_770_120_000)
        #expect(CalendarDay("soon") == nil)
    }
}

/// The stand-in itself: what it must show, so that the other tests can fail.
@MainActor @Suite struct StandinTests {
    final class Forgetful { var count = 0 }
    struct ForgetfulView: View {
        let model: Forgetful
        var body: some View { Text(verbatim: "\(model.count)").accessibilityIdentifier("count") }
    }

    @Test func aModelThatIsNotObservableStaysStaleAsOnThePhone() {
        let model = Forgetful()
        let screen = Screen(ForgetfulView(model: model), catalog: catalog)
        model.count = 7
        #expect(screen.label("count") == "0")
    }

    struct Flawed: View {
        var body: some View {
            Button {
            } label: {
                Image(systemName: "xmark").foregroundStyle(Color(red: 1, green: 0, blue: 0))
            }
            .accessibilityIdentifier("flawed")
            Text("common.ok")
        }
    }

    @Test func aControlWithoutANameARoomOrABundleIsFound() {
        let screen = Screen(Flawed(), catalog: catalog)
        #expect(screen.unnamed == ["button flawed ", "image  xmark"])
        #expect(screen.low == ["button flawed"])
        #expect(screen.colourAlone == ["image  xmark"])
        #expect(screen.missing == ["common.ok [no bundle]"])
    }
}
