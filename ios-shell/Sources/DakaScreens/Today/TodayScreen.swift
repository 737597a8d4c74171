import Daka
import SwiftUI

/// The first screen of every day: what is next, where the phone is as far as it knows, what was punched today.
struct TodayScreen: View {
    let app: AppModel
    let journal: Journal
    @State private var model: TodayModel
    @State private var choosesKind = false
    @State private var isAway = false

    init(app: AppModel, journal: Journal) {
        self.app = app
        self.journal = journal
        _model = State(initialValue: TodayModel(journal: journal, device: app.device))
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
            .navigationTitle(title)
            .refreshable { _ = try? await journal.sync(now: true) }
        }
        .tells($model.problem)
        .sheet(item: $model.made) { made in
            ResultScreen(app: app, journal: journal, made: made)
        }
        .sheet(isPresented: $isAway) {
            FieldScreen(journal: journal, device: app.device) { model.show($0) }
        }
        .task { model.lookAtAccess() }
        .onChange(of: app.made?.id, initial: true) { _, _ in
            if let result = app.made { model.show(result) }
        }
    }

    /// Today, with its date.
    private var title: Text {
        CalendarDay(journal.home?.date ?? "").map { say("today.date \($0.full)") } ?? say("today.title")
    }

    // MARK: parts

    /// What stands in the way of a good record, with the next step. It never stands in the way of a punch.
    @ViewBuilder private func notices(_ home: HomeState) -> some View {
        if home.standing == .pending {
            Section {
                StateLabel(words: home.standing.sentence, symbol: "person.badge.clock", tone: .wait)
                    .accessibilityIdentifier("today-pending")
            }
        }
        if home.storage.movedAside != nil {
            Section {
                StateLabel(words: say("today.moved_aside"), symbol: "exclamationmark.triangle", tone: .attention)
                    .accessibilityIdentifier("today-moved-aside")
            }
        } else if !home.storage.damaged.isEmpty || home.storage.structureDamaged {
            Section {
                StateLabel(words: say("today.damaged"), symbol: "exclamationmark.triangle", tone: .attention)
                    .accessibilityIdentifier("today-damaged")
            }
        }
        if journal.clockChanged {
            Section {
                StateLabel(words: say("refusals.clock_changed"), symbol: "clock.arrow.circlepath", tone: .wait)
                    .accessibilityIdentifier("today-clock")
            }
        }
    }

    private func button(_ home: HomeState) -> some View {
        Section {
            Button {
                Task { await model.punch(home.offer, shown: home.offer) }
            } label: {
                Label { home.offer.sentence } icon: { Image(systemName: home.offer.symbol) }
                    .font(.title)
                    .frame(maxWidth: .infinity, minHeight: 88)
            }
            .buttonStyle(.borderedProminent)
            .controlSize(.large)
            .disabled(model.isPunching)
            .accessibilityLabel(spoken(home))
            .accessibilityIdentifier("today-punch")
            .sensoryFeedback(.success, trigger: model.made?.id)
            ForEach(home.offerWhys.indices, id: \.self) { WhyText(why: home.offerWhys[$0]).foregroundStyle(.secondary) }
            Button {
                choosesKind = true
            } label: {
                Label { say("today.other_kind") } icon: { Image(systemName: "ellipsis.circle") }
            }
            .accessibilityIdentifier("today-other")
            .confirmationDialog(say("today.choose_kind"), isPresented: $choosesKind) {
                ForEach(home.offer.others, id: \.self) { other in
                    Button {
                        Task { await model.punch(other, shown: home.offer) }
                    } label: {
                        other.sentence
                    }
                    .accessibilityIdentifier("today-\(other.text)")
                }
            } message: {
                EmptyView()
            }
            Button {
                isAway = true
            } label: {
                Label { say("today.field") } icon: { Image(systemName: "figure.walk") }
            }
            .accessibilityIdentifier("today-field")
        } footer: {
            say("today.place_stays")
        }
    }

    /// What the button is called, and why it offers that.
    private func spoken(_ home: HomeState) -> Text {
        guard let why = home.offerWhys.first else { return home.offer.sentence }
        return say("a11y.punch_button \(home.offer.sentence) \(why.sentence)")
    }

    private func time(_ home: HomeState) -> some View {
        Section {
            home.word.sentence.accessibilityIdentifier("today-word")
            if let zone = home.zone { say("today.zone \(zone)") }
        } header: {
            say("today.time")
        }
    }

    private func today(_ home: HomeState) -> some View {
        Section {
            if home.today.isEmpty { say("today.no_punches").foregroundStyle(.secondary) }
            ForEach(home.today, id: \.id) { line in
                NavigationLink {
                    PunchScreen(journal: journal, gallery: app.device.gallery, punch: line.id)
                } label: {
                    PunchRow(line: line)
                }
                .accessibilityIdentifier("today-line")
            }
        } header: {
            say("today.punches").accessibilityLabel(say("a11y.timeline"))
        }
    }

    @ViewBuilder private func waiting(_ home: HomeState) -> some View {
        let count = Int(home.queue.waiting)
        if count > 0 {
            Section {
                Button {
                    app.tab = .waiting
                } label: {
                    StateLabel(words: say("today.waiting \(count)"), symbol: "tray.and.arrow.up", tone: .wait)
                }
                .accessibilityLabel(say("a11y.badge \(count)"))
                .accessibilityIdentifier("today-waiting")
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

    /// What a person may ask for instead of what the button offers.
    var others: [Asked] { [.in, .breakStart, .breakEnd, .out].filter { $0 != self } }
}

/// One punch in a list: time, what it is, place in words, where it stands.
struct PunchRow: View {
    let line: PunchLine

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            ViewThatFits(in: .horizontal) {
                HStack(alignment: .firstTextBaseline) {
                    time
                    what
                }
                VStack(alignment: .leading) {
                    time
                    what
                }
            }
            if let place = line.place {
                place.verdict.sentence.font(.subheadline).foregroundStyle(.secondary)
            }
            StateLabel(words: line.state.sentence, symbol: line.state.symbol, tone: line.state.tone).font(.subheadline)
        }
        .accessibilityElement(children: .combine)
        .accessibilityLabel(spoken)
    }

    /// In one breath: what, when, where, and where it stands.
    private var spoken: Text {
        let place = (line.place?.verdict ?? .notEvaluated).sentence
        return say("a11y.punch_line \(line.field?.sentence ?? line.asked.sentence) \(moment.time) \(place) \(line.state.sentence)")
    }

    private var moment: Moment { Moment(ms: line.wallMs, offsetMin: line.offsetMin) }

    private var time: some View {
        (line.otherOffset ? say("common.time_zone \(moment.time) \(moment.zoneName)") : moment.time).font(.headline).monospacedDigit()
    }

    private var what: some View {
        HStack {
            (line.field?.sentence ?? line.asked.sentence).font(.headline)
            if line.photos > 0 { Image(systemName: "photo").accessibilityLabel(say("waiting.photos \(Int(line.photos))")) }
            if line.note { Image(systemName: "note.text").accessibilityLabel(say("record.notes")) }
        }
    }
}

extension PunchState {
    var symbol: String {
        switch self {
        case .waiting: "iphone"
        case .received: "checkmark.seal"
        case .putAside: "person.fill.questionmark"
        case .refused: "exclamationmark.triangle"
        }
    }
    var tone: Tone {
        switch self {
        case .received: .good
        case .waiting, .putAside: .wait
        case .refused: .attention
        }
    }
}
