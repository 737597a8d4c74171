import Daka
import SwiftUI

/// What the server does not have yet: since when, why, and when the phone tries again.
@MainActor @Observable final class WaitingModel {
    private(set) var view: WaitingView?
    /// The proof file of what the server would not take, once it was asked for.
    private(set) var exported: URL?
    /// How many entries the last "send now" delivered.
    private(set) var sent: Int?
    var problem: Problem?
    private let journal: Journal

    init(journal: Journal) { self.journal = journal }

    func load() async {
        do {
            view = try await journal.daka.waiting()
        } catch {
            problem = Problem(error)
        }
    }

    func sendNow() async {
        do {
            sent = Int(try await journal.sync(now: true).delivered)
        } catch {
            problem = Problem(error)
        }
        await load()
    }

    func exportRefused() async {
        let file = ProofFile.named("refused")
        do {
            try await journal.daka.exportRefused(path: file.path)
            exported = file
        } catch {
            problem = Problem(error)
        }
    }
}

struct WaitingScreen: View {
    let journal: Journal
    @State private var model: WaitingModel

    init(journal: Journal) {
        self.journal = journal
        _model = State(initialValue: WaitingModel(journal: journal))
    }

    var body: some View {
        NavigationStack {
            List {
                if let view = model.view {
                    if view.items.isEmpty, view.queue.refused == 0 { nothing } else { summary(view) }
                    if !view.items.isEmpty { items(view) }
                    if view.queue.refused > 0 { refused(view) }
                }
            }
            .navigationTitle(say("waiting.title"))
            .refreshable { await model.sendNow() }
        }
        .task(id: journal.changes) { await model.load() }
        .tells($model.problem)
    }

    private var nothing: some View {
        Section {
            StateLabel(words: say("waiting.empty"), symbol: "checkmark.seal", tone: .good)
                .accessibilityIdentifier("waiting-nothing")
        }
    }

    private func summary(_ view: WaitingView) -> some View {
        Section {
            say("today.waiting \(Int(view.queue.waiting))").font(.headline).accessibilityIdentifier("waiting-count")
            ForEach(view.whys.indices, id: \.self) { WhyText(why: view.whys[$0]) }
            if view.queue.unsigned > 0 { say("waiting.unsigned \(Int(view.queue.unsigned))") }
            if view.queue.putAside > 0 { say("waiting.put_aside \(Int(view.queue.putAside))") }
            if let sent = model.sent, sent > 0 { say("waiting.sent \(sent)").accessibilityIdentifier("waiting-sent") }
            if journal.isSending {
                ProgressView { say("waiting.sending") }.accessibilityIdentifier("waiting-sending")
            } else {
                Button {
                    Task { await model.sendNow() }
                } label: {
                    Label { say("waiting.send_now") } icon: { Image(systemName: "arrow.up.circle") }
                }
                .accessibilityIdentifier("waiting-send")
            }
        } footer: {
            say("waiting.about")
        }
    }

    private func items(_ view: WaitingView) -> some View {
        Section {
            ForEach(view.items.indices, id: \.self) { WaitingRow(item: view.items[$0]) }
            if view.more > 0 { say("waiting.more \(Int(view.more))") }
        }
    }

    private func refused(_ view: WaitingView) -> some View {
        Section {
            if let file = model.exported {
                ShareLink(item: file) { say("common.share") }.accessibilityIdentifier("waiting-share")
            } else {
                Button {
                    Task { await model.exportRefused() }
                } label: {
                    say("waiting.export_refused")
                }
                .accessibilityIdentifier("waiting-export")
            }
        } header: {
            say("waiting.refused \(Int(view.queue.refused))")
        }
    }
}

private struct WaitingRow: View {
    let item: WaitingItem

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            if let punch = item.punch {
                PunchRow(line: punch)
            } else {
                item.kind.sentence.font(.headline)
                StateLabel(words: item.state.sentence, symbol: item.state.symbol, tone: item.state.tone).font(.subheadline)
            }
            say("waiting.since \(Moment(ms: item.sinceMs, offsetMin: item.offsetMin).dayAndTime)").font(.subheadline)
            if item.photos > 0 { say("waiting.photos \(Int(item.photos))").font(.subheadline) }
        }
        .accessibilityElement(children: .combine)
        .accessibilityIdentifier("waiting-item")
    }
}

/// Files for the share sheet, in a folder that the system empties.
enum ProofFile {
    static func named(_ name: String) -> URL {
        URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("daka-\(name).daka")
    }
}
