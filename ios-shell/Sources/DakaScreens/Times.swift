import Daka
import SwiftUI

// Moments as the language writes them: digits by the locale, 24 hours, and the zone where it is not the phone's. A moment is told in the
// offset that it was recorded with, never in the phone's zone of today.

/// The time of day of a moment, with its day or its seconds. Used as a format, so that it follows the language of the screen.
struct Clock: FormatStyle {
    enum Detail: Codable, Hashable { case minutes, seconds, day }
    typealias FormatInput = Date
    typealias FormatOutput = String
    var zone: TimeZone
    var language = Locale(identifier: "en")
    var detail = Detail.minutes

    func format(_ value: Date) -> String {
        var hours = Locale.Components(locale: language)
        hours.hourCycle = .zeroToTwentyThree
        let style = Date.FormatStyle(locale: Locale(components: hours), timeZone: zone)
        let time = style.hour(.twoDigits(amPM: .omitted)).minute(.twoDigits)
        switch detail {
        case .minutes: return time.format(value)
        case .seconds: return time.second(.twoDigits).format(value)
        case .day: return "\(style.month(.abbreviated).day().format(value)) \(time.format(value))"
        }
    }
    func locale(_ locale: Locale) -> Clock { Clock(zone: zone, language: locale, detail: detail) }
}

/// A moment in an offset: what is shown of it.
struct Moment: Equatable {
    let date: Date
    let zone: TimeZone

    /// Without an offset of its own: in the phone's zone.
    init(ms: Int64, offsetMin: Int16? = nil) {
        date = Date(timeIntervalSince1970: Double(ms) / 1000)
        zone = offsetMin.map { TimeZone(secondsFromGMT: Int($0) * 60) ?? .gmt } ?? .current
    }

    var time: Text { shown(.minutes) }
    var timeWithSeconds: Text { shown(.seconds) }
    var dayAndTime: Text { shown(.day) }
    private func shown(_ detail: Clock.Detail) -> Text { Text(date, format: Clock(zone: zone, detail: detail)) }

    /// For what the system shows.
    func time(in language: Locale?) -> String { Clock(zone: zone, language: language ?? .current).format(date) }

    /// "UTC+8", "UTC+5:30".
    var zoneName: String {
        let minutes = zone.secondsFromGMT(for: date) / 60
        let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
        let digits = rest == 0 ? "\(hours)" : "\(hours):\(rest < 10 ? "0" : "")\(rest)"
        return "UTC\(minutes < 0 ? "−" : "+")\(digits)"
    }
}

/// The name of a zone in this language, if its clocks show another time now than the phone's.
func otherZone(_ identifier: String?, in language: Locale) -> String? {
    guard let zone = identifier.flatMap(TimeZone.init(identifier:)) else { return nil }
    if zone.secondsFromGMT() == TimeZone.current.secondsFromGMT() { return nil }
    return zone.localizedName(for: .generic, locale: language) ?? zone.identifier
}

/// A date as the core writes it, for showing it: the calendar is the Gregorian one, and no zone plays a part.
struct CalendarDay: Equatable {
    let year: Int32
    let month: Int32
    let day: Int32

    init?(_ text: String) {
        let parts = text.split(separator: "-").compactMap { Int32($0) }
        guard parts.count == 3 else { return nil }
        (year, month, day) = (parts[0], parts[1], parts[2])
    }
    /// The first day of a month.
    init(year: Int32, month: Int32) { (self.year, self.month, day) = (year, month, 1) }

    /// The first day of the month so many months later.
    func plus(months: Int32) -> CalendarDay {
        let count = year * 12 + month - 1 + months
        return CalendarDay(year: count / 12, month: count % 12 + 1)
    }

    /// Noon of the day, in UTC, for formats that are in UTC.
    var date: Date {
        let calendar = Calendar(identifier: .gregorian)
        let noon = DateComponents(calendar: calendar, timeZone: .gmt, year: Int(year), month: Int(month), day: Int(day), hour: 12)
        return noon.date ?? .distantPast
    }
    private static let style = Date.FormatStyle(timeZone: .gmt)
    var monthName: Text { Text(date, format: Self.style.year().month(.wide)) }
    var full: Text { Text(date, format: Self.style.month(.wide).day().weekday(.wide)) }
    var weekday: Text { Text(date, format: Self.style.weekday(.wide)) }
    var shortWeekday: Text { Text(date, format: Self.style.weekday(.abbreviated)) }
}
