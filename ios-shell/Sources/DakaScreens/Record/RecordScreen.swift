import Daka
import SwiftUI

/// The month with a mark for each day.
struct RecordScreen: View {
    let journal: Journal
    let gallery: any GallerySource
    @State private var model: RecordModel

    init(journal: Journal, gallery: any GallerySource) {
        self.journal = journal
        self.gallery = gallery
        _model = State(initialValue: RecordModel(journal: journal))
    }

    var body: some View {
        NavigationStack {
            ScrollView {
                if let view = model.view {
                    turning(view)
                    grid(view)
                    if view.days.allSatisfy({ $0.punches == 0 }) { say("record.no_punches_month") }
                    NavigationLink {
                        ExportScreen(journal: journal, month: view)
                    } label: {
                        Label { say("record.export_month") } icon: { Image(systemName: "square.and.arrow.up") }
                    }
                    .frame(minHeight: 44)
                    .accessibilityIdentifier("record-export")
                }
            }
            .navigationTitle(say("record.title"))
        }
        .task(id: journal.changes) { await model.load() }
        .tells($model.problem)
    }

    private func turning(_ view: MonthView) -> some View {
        HStack {
            Button {
                Task { await model.turn(-1) }
            } label: {
                Image(systemName: "chevron.left").accessibilityLabel(say("record.previous_month"))
                    .frame(minWidth: 44, minHeight: 44)
            }
            .frame(minHeight: 44)
            .disabled(!view.previous)
            .accessibilityIdentifier("record-previous")
            CalendarDay(year: view.year, month: view.month).monthName.font(.headline).accessibilityAddTraits(.isHeader)
                .accessibilityIdentifier("record-month")
            Button {
                Task { await model.turn(1) }
            } label: {
                Image(systemName: "chevron.right").accessibilityLabel(say("record.next_month"))
                    .frame(minWidth: 44, minHeight: 44)
            }
            .frame(minHeight: 44)
            .disabled(!view.next)
            .accessibilityIdentifier("record-next")
        }
    }

    private func grid(_ view: MonthView) -> some View {
        LazyVGrid(columns: Array(repeating: GridItem(), count: 7), spacing: 8) {
            // The first row: the first seven days name the columns, from Monday.
            ForEach(view.days.prefix(7).sorted { $0.weekday < $1.weekday }, id: \.weekday) { day in
                (CalendarDay(day.date)?.weekday).font(.caption).accessibilityHidden(true)
            }
            ForEach(1..<max(1, Int(view.firstWeekday)), id: \.self) { _ in Spacer() }
            ForEach(view.days, id: \.date) { day in
                NavigationLink {
                    DayScreen(journal: journal, gallery: gallery, date: day.date)
                } label: {
                    DayCell(day: day)
                }
                .frame(minHeight: 44)
                .accessibilityIdentifier("record-\(day.date)")
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
            if let symbol = day.mark.symbol, let tone = day.mark.tone {
                Image(systemName: symbol).foregroundStyle(tone.color(scheme)).accessibilityHidden(true)
            }
        }
        .accessibilityElement(children: .combine)
        .accessibilityLabel(spoken)
        .frame(maxWidth: .infinity, minHeight: 44)
        .background(day.today ? Color.accentColor.opacity(0.15) : Color.accentColor.opacity(0), in: .rect(cornerRadius: 8))
    }

    private var spoken: Text {
        let date = CalendarDay(day.date)?.full ?? Text(verbatim: day.date)
        return say("a11y.day \(date) \(say("record.punches \(Int(day.punches))")) \(day.mark.sentence)")
    }
}

extension DayMarkKind {
    var symbol: String? {
        switch self {
        case .none: nil
        case .ok: "checkmark"
        case .waiting: "tray.and.arrow.up"
        case .attention: "exclamationmark"
        }
    }
    var tone: Tone? {
        switch self {
        case .none: nil
        case .ok: .good
        case .waiting: .wait
        case .attention: .attention
        }
    }
}

/// One day: its punches, oldest first, and a proof file of them.
struct DayScreen: View {
    let journal: Journal
    let gallery: any GallerySource
    @State private var model: DayModel

    init(journal: Journal, gallery: any GallerySource, date: String) {
        self.journal = journal
        self.gallery = gallery
        _model = State(initialValue: DayModel(journal: journal, date: date))
    }

    var body: some View {
        List {
            if let view = model.view {
                Section {
                    if view.punches.isEmpty { say("record.no_punches_day") }
                    ForEach(view.punches, id: \.id) { line in
                        NavigationLink {
                            PunchScreen(journal: journal, gallery: gallery, punch: line.id)
                        } label: {
                            PunchRow(line: line)
                        }
                        .accessibilityIdentifier("day-line")
                    }
                }
                Section {
                    if let previous = view.previous { turn("day-previous", say("record.previous_day"), previous, "chevron.left") }
                    if let next = view.next { turn("day-next", say("record.next_day"), next, "chevron.right") }
                    if !view.punches.isEmpty {
                        ExportRows(title: say("record.export_day"), file: model.exported, identifier: "day-export") { await model.export() }
                    }
                }
            }
        }
        .navigationTitle(model.view.flatMap { CalendarDay($0.date)?.full } ?? say("record.title"))
        .task(id: journal.changes) { await model.load() }
        .tells($model.problem)
    }

    private func turn(_ identifier: String, _ title: Text, _ date: String, _ symbol: String) -> some View {
        Button {
            Task { await model.turn(to: date) }
        } label: {
            Label { title } icon: { Image(systemName: symbol) }
        }
        .accessibilityIdentifier(identifier)
    }
}

/// First a file is written, then it can be shared.
struct ExportRows: View {
    let title: Text
    let file: URL?
    let identifier: String
    let export: @MainActor () async -> Void

    var body: some View {
        if let file {
            ShareLink(item: file) { Label { say("common.share") } icon: { Image(systemName: "square.and.arrow.up") } }
                .accessibilityIdentifier("export-share")
        } else {
            Button {
                Task { await export() }
            } label: {
                Label { title } icon: { Image(systemName: "doc.badge.plus") }
            }
            .accessibilityIdentifier(identifier)
        }
    }
}

/// A proof file of a whole month.
struct ExportScreen: View {
    let journal: Journal
    let month: MonthView
    @State private var file: URL?
    @State private var problem: Problem?

    init(journal: Journal, month: MonthView) {
        self.journal = journal
        self.month = month
    }

    var body: some View {
        List {
            Section {
                ExportRows(title: say("record.export_month"), file: file, identifier: "export-month") { await export() }
            } header: {
                CalendarDay(year: month.year, month: month.month).monthName
            } footer: {
                say("record.export_about")
            }
        }
        .navigationTitle(say("record.export_name"))
        .tells($problem)
    }

    private func export() async {
        do {
            var punches: [String] = []
            for day in month.days where day.punches > 0 { punches += try await journal.daka.day(day.date).punches.map(\.id) }
            let to = ProofFile.named("\(month.year)-\(month.month)")
            try await journal.daka.export(punches: punches, path: to.path)
            file = to
        } catch {
            problem = Problem(error)
        }
    }
}
