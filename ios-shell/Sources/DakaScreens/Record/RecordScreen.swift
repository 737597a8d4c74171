import Daka
import SwiftUI

/// The month with a mark for each day. Which month there is, which day belongs to it and what its mark is, the core says.
struct RecordScreen: View {
    let journal: Journal
    /// The month that was turned to.
    @State private var month: CalendarDay?

    var body: some View {
        NavigationStack {
            if let shown = month ?? CalendarDay(journal.home?.date ?? "") {
                Reading(journal: journal, key: "\(shown.year) \(shown.month)") {
                    try await $0.month(year: shown.year, month: shown.month)
                } content: { view in
                    ScrollView {
                        turning(view)
                        grid(view)
                        if view.days.allSatisfy({ $0.punches == 0 }) { say("record.no_punches_month") }
                        export(view)
                    }
                }
                .navigationTitle(say("record.title"))
            }
        }
    }

    private func turning(_ view: MonthView) -> some View {
        let first = CalendarDay(year: view.year, month: view.month)
        func turn(_ identifier: String, _ words: Text, _ symbol: String, _ step: Int32) -> some View {
            Button { month = first.plus(months: step) } label: {
                Image(systemName: symbol).accessibilityLabel(words).frame(minWidth: 44, minHeight: 44)
            }
            .frame(minHeight: 44)
            .called(identifier)
        }
        return HStack {
            turn("record-previous", say("record.previous_month"), "chevron.left", -1).disabled(!view.previous)
            first.monthName.font(.headline).accessibilityAddTraits(.isHeader).called("record-month")
            turn("record-next", say("record.next_month"), "chevron.right", 1).disabled(!view.next)
        }
    }

    /// A proof file of the whole month.
    @ViewBuilder private func export(_ month: MonthView) -> some View {
        ExportRow(identifier: "record-export", words: say("record.export_month"), name: "\(month.year)-\(month.month).daka") { path in
            guard let first = month.days.first, let last = month.days.last else { return }
            try await journal.daka.export(from: first.date, through: last.date, path: path)
        }
        .frame(minHeight: 44).id(month)
        say("record.export_about").font(.footnote)
    }

    private func grid(_ view: MonthView) -> some View {
        LazyVGrid(columns: Array(repeating: GridItem(), count: 7), spacing: 8) {
            // The first row: the first seven days name the columns, from Monday.
            ForEach(view.days.prefix(7).sorted { $0.weekday < $1.weekday }, id: \.weekday) { day in
                (CalendarDay(day.date)?.shortWeekday).font(.caption).accessibilityHidden(true)
            }
            ForEach(1..<max(1, Int(view.firstWeekday)), id: \.self) { _ in Spacer() }
            ForEach(view.days, id: \.date) { day in
                NavigationLink { DayScreen(journal: journal, date: day.date) } label: { DayCell(day: day) }
                    .frame(minHeight: 44).called("record-\(day.date)")
            }
        }
    }
}

/// A day of the month: its number and a mark, which is a symbol with a name.
private struct DayCell: View {
    let day: DayMark
    @Environment(\.colorScheme) private var scheme

    var body: some View {
        VStack(spacing: 2) {
            Text(verbatim: "\(day.day)").font(.body).monospacedDigit()
            if let (symbol, tone) = mark { Image(systemName: symbol).foregroundStyle(tone.color(scheme)).accessibilityHidden(true) }
        }
        .accessibilityElement(children: .combine)
        .accessibilityLabel(spoken)
        .frame(maxWidth: .infinity, minHeight: 44)
        .background(Color.accentColor.opacity(day.today ? 0.15 : 0), in: .rect(cornerRadius: 8))
    }

    private var mark: (String, Tone)? {
        switch day.mark {
        case .none: nil
        case .ok: ("checkmark", .good)
        case .waiting: ("tray.and.arrow.up", .wait)
        case .attention: ("exclamationmark.triangle", .attention)
        }
    }

    private var spoken: Text {
        let date = CalendarDay(day.date)?.full ?? Text(verbatim: day.date)
        return say("a11y.day \(date) \(say("record.punches \(Int(day.punches))")) \(day.mark.sentence)")
    }
}

/// One day: its punches, oldest first, and a proof file of them.
private struct DayScreen: View {
    let journal: Journal
    @State var date: String

    var body: some View {
        Reading(journal: journal, key: date) { try await $0.day(date) } content: { view in
            List {
                Section {
                    if view.punches.isEmpty { say("record.no_punches_day") }
                    ForEach(view.punches, id: \.id) { punchLink(journal, $0, "day-line") }
                }
                Section {
                    if let day = view.previous { tap("day-previous", say("record.previous_day"), "chevron.left") { date = day } }
                    if let day = view.next { tap("day-next", say("record.next_day"), "chevron.right") { date = day } }
                    if !view.punches.isEmpty {
                        ExportRow(identifier: "day-export", words: say("record.export_day"), name: "\(view.date).daka") {
                            try await journal.daka.export(from: view.date, through: view.date, path: $0)
                        }
                        .id(view)
                    }
                }
            }
        }
        .navigationTitle(CalendarDay(date)?.full ?? say("record.title"))
    }
}
