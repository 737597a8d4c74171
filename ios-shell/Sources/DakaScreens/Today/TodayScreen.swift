import Daka
import SwiftUI

/// The first screen of every day: what is next, where the phone is as far as it knows, what was punched today.
struct TodayScreen: View {
    private let app: AppModel
    private let journal: Journal
    @State private var model: TodayModel
    @State private var choosesKind = false
    @State private var isAway = false
    /// The note that is being written on a result's sheet, and the punch that it is for: the system keeps them when it ends the process.
    @SceneStorage private var note: String
    @SceneStorage private var noted: String
    @Environment(\.locale) private var locale
    init(app: AppModel, journal: Journal) {
        (self.app, self.journal, _model) = (app, journal, State(initialValue: TodayModel(journal: journal)))
        _note = SceneStorage(wrappedValue: "", "note of \(journal.id)")
        _noted = SceneStorage(wrappedValue: "", "noted of \(journal.id)")
    }

    var body: some View {
        NavigationStack {
            List {
                if let home = journal.home {
                    notices(home)
                    button(home)
                    PlaceSection(model: model, home: home)
                    today(home)
                    waiting(home)
                    time(home)
                }
            }
            .navigationTitle(CalendarDay(journal.home?.date ?? "").map { say("today.date \($0.full)") } ?? say("today.title"))
            .toolbar { ToolbarItem(placement: .topBarTrailing) { employers } }
            .refreshable { _ = try? await journal.sync(now: true) }
        }
        .tells(model.trouble)
        .sheet(item: $model.made) { ResultScreen(journal: journal, made: $0, note: $note) }
        .sheet(isPresented: $isAway) { FieldScreen(journal: journal) { model.show($0) } }
        .task {
            model.lookAtAccess()
            if !note.isEmpty { await model.show(again: noted) }
        }
        .onChange(of: model.made?.id ?? "") { _, made in if made != noted { (noted, note) = (made, "") } }
        .onChange(of: app.made?.id, initial: true) { _, _ in
            if let result = app.made { model.show(result) }
            app.made = nil
        }
    }

    private var employers: some View {
        Menu {
            EmployerPicker(app: app)
            tap("employer-add", say("settings.add"), "plus") { Task { await app.addEmployer() } }
        } label: {
            labelled(Text(verbatim: journal.home?.employer?.employer ?? ""), "building.2")
        }
        .called("today-employer")
    }

    /// What stands in the way of a good record, with the next step. It never stands in the way of a punch.
    @ViewBuilder private func notices(_ home: HomeState) -> some View {
        if home.standing == .pending { notice("today-pending", home.standing.sentence, "person.badge.clock", .wait) }
        if home.storage.movedAside != nil {
            notice("today-moved-aside", say("today.moved_aside"), "exclamationmark.triangle", .attention)
        } else if !home.storage.damaged.isEmpty || home.storage.structureDamaged {
            notice("today-damaged", say("today.damaged"), "exclamationmark.triangle", .attention)
        }
        if journal.clockChanged { notice("today-clock", say("refusals.clock_changed"), "clock.arrow.circlepath", .wait) }
    }

    private func notice(_ identifier: String, _ words: Text, _ symbol: String, _ tone: Tone) -> some View {
        Section { StateLabel(words, symbol, tone).called(identifier) }
    }

    private func button(_ home: HomeState) -> some View {
        let offer = home.offer
        return rows(footer: say("today.place_stays")) {
            tap("today-punch", offer.sentence, offer.symbol, height: 88) { Task { await model.punch(offer, shown: offer) } }
                .disabled(model.trouble.isBusy)
                .accessibilityLabel(spoken(home))
                .sensoryFeedback(.success, trigger: model.made?.id)
            sentences(home.offerWhys).foregroundStyle(.secondary)
            tap("today-other", say("today.other_kind"), "ellipsis.circle") { choosesKind = true }
                .confirmationDialog(say("today.choose_kind"), isPresented: $choosesKind) {
                    ForEach(Asked.kinds.filter { $0 != offer }, id: \.self) { kind in
                        tap("today-\(kind.text)", kind.sentence) { Task { await model.punch(kind, shown: offer) } }
                    }
                } message: {
                    EmptyView()
                }
            tap("today-field", say("today.field"), "figure.walk") { isAway = true }
        }
    }

    /// What the button is called, and why it offers that.
    private func spoken(_ home: HomeState) -> Text {
        home.offerWhys.first.map { say("a11y.punch_button \(home.offer.sentence) \($0.sentence)") } ?? home.offer.sentence
    }

    private func time(_ home: HomeState) -> some View {
        rows(say("today.time")) {
            home.word.sentence.called("today-word")
            if let zone = otherZone(home.zone, in: locale) { say("today.zone \(zone)").called("today-zone") }
        }
    }

    private func today(_ home: HomeState) -> some View {
        Section {
            if home.today.isEmpty { say("today.no_punches").foregroundStyle(.secondary) }
            ForEach(home.today, id: \.id) { punchLink(journal, $0, "today-line") }
        } header: {
            say("today.punches").accessibilityLabel(say("a11y.timeline"))
        }
    }

    @ViewBuilder private func waiting(_ home: HomeState) -> some View {
        let count = Int(home.queue.waiting)
        if count > 0 {
            Section {
                tap("today-waiting", say("today.waiting \(count)"), "tray.and.arrow.up") { app.tab = .waiting }
                    .accessibilityLabel(say("a11y.badge \(count)"))
            }
        }
    }
}

extension Asked {
    /// A symbol that stands beside the words.
    var symbol: String {
        switch self {
        case .in: "arrow.right.to.line"
        case .out: "arrow.left.to.line"
        case .breakStart: "cup.and.saucer"
        case .breakEnd: "arrow.uturn.backward"
        case .auto, .unknown: "clock"
        }
    }

    /// What a person may ask for.
    static let kinds: [Asked] = [.in, .breakStart, .breakEnd, .out]
}

/// A punch in a list, which opens with all that is known of it.
@MainActor func punchLink(_ journal: Journal, _ line: PunchLine, _ identifier: String) -> some View {
    NavigationLink { PunchScreen(journal: journal, punch: line.id) } label: { PunchRow(line: line) }.called(identifier)
}

/// One punch in a list: time, what it is, place in words, where it stands.
struct PunchRow: View {
    let line: PunchLine

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            ViewThatFits(in: .horizontal) {
                HStack(alignment: .firstTextBaseline) { head }
                VStack(alignment: .leading) { head }
            }
            if let place = line.place { place.verdict.sentence.font(.subheadline).foregroundStyle(.secondary) }
            line.state.label.font(.subheadline)
        }
        .accessibilityElement(children: .combine)
        .accessibilityLabel(spoken)
        .accessibilityValue(attached)
    }

    private var kind: Text { line.field?.sentence ?? line.asked.sentence }
    private var moment: Moment { Moment(ms: line.wallMs, offsetMin: line.offsetMin) }
    private var time: Text { line.otherOffset ? say("common.time_zone \(moment.time) \(moment.zoneName)") : moment.time }

    @ViewBuilder private var head: some View {
        time.font(.headline).monospacedDigit()
        HStack {
            kind.font(.headline)
            if line.photos > 0 { Image(systemName: "photo") }
            if line.note { Image(systemName: "note.text") }
        }
    }

    /// What the small pictures show.
    private var attached: Text {
        let photos = line.photos > 0 ? say("waiting.photos \(Int(line.photos))") : nil
        let notes = line.note ? say("record.notes") : nil
        if let photos, let notes { return say("common.pair \(photos) \(notes)") }
        return photos ?? notes ?? Text(verbatim: "")
    }

    /// In one breath: what, when, where, and where it stands.
    private var spoken: Text {
        say("a11y.punch_line \(kind) \(time) \((line.place?.verdict ?? .notEvaluated).sentence) \(line.state.sentence)")
    }
}

extension PunchState {
    /// Where a punch stands.
    @MainActor var label: StateLabel {
        switch self {
        case .waiting: StateLabel(sentence, "iphone", .wait)
        case .received: StateLabel(sentence, "checkmark.seal", .good)
        case .putAside: StateLabel(sentence, "person.fill.questionmark", .wait)
        case .refused: StateLabel(sentence, "exclamationmark.triangle", .attention)
        }
    }
}
