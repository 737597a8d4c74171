import Daka
import Foundation

/// What was added to a punch of the fake.
struct Extras {
    var notes: [String] = []
    var visits: [String] = []
    var photos: [String] = []
}

/// The record of the fake by days, from its punches, newest first.
extension FakeDakaClient.State {
    private static let dayMs: Int64 = 86_400_000

    /// A Gregorian calendar that knows no zone: local times are moved by their offset first.
    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0)!
        return calendar
    }()

    private var localMs: Int64 { wallMs + Int64(offsetMin) * 60_000 }

    /// The local day that begins at this moment, and its weekday.
    func date(of beginMs: Int64) -> String { Self.text(localDate(beginMs)) }
    func weekday(of beginMs: Int64) -> Int32 { Self.weekday(localDate(beginMs)) }

    private func localDate(_ ms: Int64) -> Date { Date(timeIntervalSince1970: Double(ms + Int64(offsetMin) * 60_000) / 1000) }

    var today: String { Self.text(Date(timeIntervalSince1970: Double(localMs) / 1000)) }

    var dayEnds: Int64 { wallMs + Self.dayMs - (localMs % Self.dayMs + Self.dayMs) % Self.dayMs }

    func month(_ year: Int32, _ month: Int32) -> MonthView? {
        let parts = DateComponents(year: Int(year), month: Int(month), day: 1)
        guard (1...12).contains(month), let first = Self.calendar.date(from: parts),
            let range = Self.calendar.range(of: .day, in: .month, for: first)
        else { return nil }
        let days = range.map { number in
            let date = first.addingTimeInterval(Double(number - 1) * 86_400)
            let punches = punches.filter { $0.date == Self.text(date) }
            return DayMark(
                date: Self.text(date), day: Int32(number), weekday: Self.weekday(date), punches: Int32(punches.count),
                mark: Self.mark(punches), today: Self.text(date) == today)
        }
        let (from, to) = (days.first?.date ?? "", days.last?.date ?? "")
        return MonthView(
            year: year, month: month, firstWeekday: Self.weekday(first), days: days,
            previous: punches.contains { $0.date < from }, next: to < today || punches.contains { $0.date > to })
    }

    func day(_ date: String) -> DayView? {
        guard let parsed = Self.date(date) else { return nil }
        let others = punches.map(\.date)
        return DayView(
            date: date, weekday: Self.weekday(parsed), punches: punches.filter { $0.date == date }.reversed(),
            previous: others.filter { $0 < date }.max(), next: others.filter { $0 > date }.min())
    }

    func detail(_ punch: String) -> PunchDetail? {
        guard let line = punches.first(where: { $0.id == punch }) else { return nil }
        let extras = extras[punch] ?? Extras()
        let photos = extras.photos.map {
            PhotoInfo(digest: $0, size: 1, state: .waiting, capturedInApp: true, shortCode: "")
        }
        return PunchDetail(
            line: line, word: line.word,
            interval: TimeBounds(earliestMs: nil, earliestFrom: .none, latestMs: nil, latestFrom: .none), bar: nil,
            drawing: nil, siteName: sites.first, photos: photos, notes: extras.notes, visits: extras.visits, receipt: nil,
            signature: .signed, signals: [], whys: [])
    }

    private static func mark(_ punches: [PunchLine]) -> DayMarkKind {
        if punches.isEmpty { return .none }
        if punches.contains(where: { $0.state == .putAside || $0.state == .refused }) { return .attention }
        return punches.contains { $0.state == .waiting } ? .waiting : .ok
    }

    private static func text(_ date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }

    private static func date(_ text: String) -> Date? {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        let date = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2]))
        return date.flatMap { self.text($0) == text ? $0 : nil }
    }

    /// 1 for Monday to 7 for Sunday.
    private static func weekday(_ date: Date) -> Int32 {
        Int32((calendar.component(.weekday, from: date) + 5) % 7 + 1)
    }
}
