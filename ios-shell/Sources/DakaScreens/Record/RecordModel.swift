import Daka
import SwiftUI

/// One month of the person's own record. Which month there is, which day belongs to it and what its mark is, the core says.
@MainActor @Observable final class RecordModel {
    private(set) var view: MonthView?
    var problem: Problem?
    private let journal: Journal

    init(journal: Journal) { self.journal = journal }

    func load() async {
        if let view { await show(view.year, view.month) } else { await showToday() }
    }

    private func showToday() async {
        guard let day = CalendarDay(journal.home?.date ?? "") else { return }
        await show(day.year, day.month)
    }

    func turn(_ step: Int32) async {
        guard let view else { return }
        let (year, month) = CalendarDay.month(view.year, view.month, plus: step)
        await show(year, month)
    }

    private func show(_ year: Int32, _ month: Int32) async {
        do {
            view = try await journal.daka.month(year: year, month: month)
        } catch {
            problem = Problem(error)
        }
    }
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
    init(year: Int32, month: Int32) { (self.year, self.month, day) = (year, month, 1) }

    static func month(_ year: Int32, _ month: Int32, plus step: Int32) -> (Int32, Int32) {
        let count = year * 12 + month - 1 + step
        return (count / 12, count % 12 + 1)
    }

    /// Noon of the day, in UTC, for formats that are in UTC.
    var date: Date {
        let parts = DateComponents(
            calendar: Calendar(identifier: .gregorian), timeZone: .gmt, year: Int(year), month: Int(month), day: Int(day),
            hour: 12)
        return parts.date ?? Date(timeIntervalSince1970: 0)
    }
    private static let style = Date.FormatStyle(timeZone: .gmt)
    var monthName: Text { Text(date, format: Self.style.year().month(.wide)) }
    var full: Text { Text(date, format: Self.style.month(.wide).day().weekday(.wide)) }
    /// The weekday's short name.
    var weekday: Text { Text(date, format: Self.style.weekday(.abbreviated)) }
}

/// One day.
@MainActor @Observable final class DayModel {
    private(set) var view: DayView?
    private(set) var exported: URL?
    var problem: Problem?
    private let journal: Journal
    private var date: String

    init(journal: Journal, date: String) {
        self.journal = journal
        self.date = date
    }

    func load() async {
        do {
            view = try await journal.daka.day(date)
        } catch {
            problem = Problem(error)
        }
    }

    func turn(to date: String) async {
        self.date = date
        exported = nil
        await load()
    }

    /// Writes the day's punches into a proof file for the share sheet.
    func export() async {
        guard let view else { return }
        let file = ProofFile.named(view.date)
        do {
            try await journal.daka.export(punches: view.punches.map(\.id), path: file.path)
            exported = file
        } catch {
            problem = Problem(error)
        }
    }
}

/// One punch with all that is known of it.
@MainActor @Observable final class PunchModel {
    private(set) var detail: PunchDetail?
    private(set) var exported: URL?
    var problem: Problem?
    private let journal: Journal
    private let punch: String

    init(journal: Journal, punch: String) {
        self.journal = journal
        self.punch = punch
    }

    func load() async {
        do {
            detail = try await journal.daka.punchDetail(punch)
        } catch {
            problem = Problem(error)
        }
    }

    func export() async {
        let file = ProofFile.named(String(punch.prefix(8)))
        do {
            try await journal.daka.export(punches: [punch], path: file.path)
            exported = file
        } catch {
            problem = Problem(error)
        }
    }
}
