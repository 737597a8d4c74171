import Daka
import SwiftUI

// Moments as the language writes them: digits by the locale, 24 hours, and the zone where it is not the phone's. A moment is told in the
// offset that it was recorded with, never in the phone's zone of today.

/// The time of day of a moment. Used as a format, so that it follows the language of the screen.
struct Clock: FormatStyle {
    typealias FormatInput = Date
    typealias FormatOutput = String
    var zone: TimeZone
    var language = Locale(identifier: "en")
    var seconds = false

    func format(_ value: Date) -> String {
        let time = Date.FormatStyle(locale: language.with24Hours, timeZone: zone).hour(.twoDigits(amPM: .omitted)).minute(.twoDigits)
        return (seconds ? time.second(.twoDigits) : time).format(value)
    }
    func locale(_ locale: Locale) -> Clock {
        var copy = self
        copy.language = locale
        return copy
    }
}

/// Day, month and time of day.
struct DayAndTime: FormatStyle {
    typealias FormatInput = Date
    typealias FormatOutput = String
    var zone: TimeZone
    var language = Locale(identifier: "en")

    func format(_ value: Date) -> String {
        let day = Date.FormatStyle(locale: language, timeZone: zone).month(.abbreviated).day().format(value)
        return "\(day) \(Clock(zone: zone, language: language).format(value))"
    }
    func locale(_ locale: Locale) -> DayAndTime {
        var copy = self
        copy.language = locale
        return copy
    }
}

extension Locale {
    /// This language with hours from 0 to 23.
    var with24Hours: Locale {
        var components = Locale.Components(locale: self)
        components.hourCycle = .zeroToTwentyThree
        return Locale(components: components)
    }
}

/// A moment in an offset: what is shown of it.
struct Moment: Equatable {
    let date: Date
    let zone: TimeZone

    init(ms: Int64, offsetMin: Int16) {
        date = Date(timeIntervalSince1970: Double(ms) / 1000)
        zone = TimeZone(secondsFromGMT: Int(offsetMin) * 60) ?? .gmt
    }
    /// In the phone's own zone, for what has no offset of its own.
    init(ms: Int64) {
        date = Date(timeIntervalSince1970: Double(ms) / 1000)
        zone = .current
    }

    var time: Text { Text(date, format: Clock(zone: zone)) }
    var timeWithSeconds: Text { Text(date, format: Clock(zone: zone, seconds: true)) }
    var dayAndTime: Text { Text(date, format: DayAndTime(zone: zone)) }
    /// "UTC+8", "UTC+5:30".
    var zoneName: String {
        let minutes = zone.secondsFromGMT(for: date) / 60
        let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
        let digits = rest == 0 ? "\(hours)" : "\(hours):\(rest < 10 ? "0" : "")\(rest)"
        return "UTC\(minutes < 0 ? "−" : "+")\(digits)"
    }
}
