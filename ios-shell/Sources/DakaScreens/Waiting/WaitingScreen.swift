import Daka
import SwiftUI

/// What the server does not have yet: since when, why, and when the phone tries again.
struct WaitingScreen: View {
    let journal: Journal
    /// How many entries the last "send now" delivered.
    @State private var sent = 0
    @State private var trouble = Trouble()

    var body: some View {
        NavigationStack {
            Reading(journal: journal) { try await $0.waiting() } content: { view in
                List {
                    if view.items.isEmpty, view.queue.refused == 0 {
                        StateLabel(say("waiting.empty"), "checkmark.seal", .good).called("waiting-nothing")
                    } else {
                        summary(view)
                    }
                    if !view.items.isEmpty {
                        Section {
                            ForEach(view.items.indices, id: \.self) { WaitingRow(item: view.items[$0]) }
                            if view.more > 0 { say("waiting.more \(Int(view.more))") }
                        }
                    }
                    if view.queue.refused > 0 {
                        rows(say("waiting.refused \(Int(view.queue.refused))")) {
                            ExportRow(identifier: "waiting-export", words: say("waiting.export_refused"), name: "refused.daka") {
                                try await journal.daka.exportRefused(path: $0)
                            }
                        }
                    }
                }
            }
            .navigationTitle(say("waiting.title"))
            .refreshable { await sendNow() }
        }
        .tells(trouble)
    }

    private func sendNow() async {
        await trouble.attempt { sent = Int(try await journal.sync(now: true).delivered) }
    }

    private func summary(_ view: WaitingView) -> some View {
        rows(footer: say("waiting.about")) {
            say("today.waiting \(Int(view.queue.waiting))").font(.headline).called("waiting-count")
            sentences(view.whys)
            if view.queue.unsigned > 0 { say("waiting.unsigned \(Int(view.queue.unsigned))").called("waiting-unsigned") }
            if view.queue.putAside > 0 { say("waiting.put_aside \(Int(view.queue.putAside))") }
            if sent > 0 { say("waiting.sent \(sent)").called("waiting-sent") }
            if journal.isSending {
                ProgressView { say("waiting.sending") }.called("waiting-sending")
            } else {
                tap("waiting-send", say("waiting.send_now"), "arrow.up.circle") { Task { await sendNow() } }
            }
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
                item.state.label.font(.subheadline)
            }
            say("waiting.since \(Moment(ms: item.sinceMs, offsetMin: item.offsetMin).dayAndTime)").font(.subheadline)
            if item.photos > 0 { say("waiting.photos \(Int(item.photos))").font(.subheadline) }
        }
        .accessibilityElement(children: .combine)
        .called("waiting-item")
    }
}
