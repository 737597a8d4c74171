import Daka
import SwiftUI

/// Leaving an employer: what would be lost to the server, a proof file of everything first, then keys, photos and journal go from this phone.
@MainActor @Observable final class LeaveModel {
    private(set) var preview: LeavePreview?
    /// The proof file of everything; once it is there, the journal is gone.
    private(set) var exported: URL?
    private(set) var isBusy = false
    var problem: Problem?
    private let journal: Journal

    init(journal: Journal) { self.journal = journal }

    func load() async {
        guard exported == nil else { return }
        do {
            preview = try await journal.daka.leavePreview()
        } catch {
            problem = Problem(error)
        }
    }

    func leave() async {
        guard !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        let file = ProofFile.named("all")
        do {
            try await journal.daka.leave(exportPath: file.path)
            exported = file
        } catch {
            problem = Problem(error)
        }
    }
}

struct LeaveScreen: View {
    let app: AppModel
    let journal: Journal
    @State private var model: LeaveModel
    @State private var asks = false
    /// Kept, because it is gone after the leaving.
    private let employer: String

    init(app: AppModel, journal: Journal) {
        employer = journal.home?.employer?.employer ?? ""
        self.app = app
        self.journal = journal
        _model = State(initialValue: LeaveModel(journal: journal))
    }

    var body: some View {
        Form {
            if let file = model.exported {
                Section {
                    say("settings.leave_done")
                    ShareLink(item: file) { say("common.share") }.accessibilityIdentifier("leave-share")
                    Button {
                        Task { await app.forget(journal.id) }
                    } label: {
                        say("common.done")
                    }
                    .accessibilityIdentifier("leave-finish")
                }
            } else if let preview = model.preview {
                waits(preview)
            }
        }
        .navigationTitle(title)
        .task { await model.load() }
        .tells($model.problem)
        .confirmationDialog(title, isPresented: $asks) {
            Button(role: .destructive) {
                Task { await model.leave() }
            } label: {
                say("settings.leave_export")
            }
        } message: {
            say("settings.leave_about")
        }
    }

    private var title: Text { say("settings.leave \(employer)") }

    private func waits(_ preview: LeavePreview) -> some View {
        Section {
            if preview.waiting + preview.refused + preview.photos > 0 {
                StateLabel(words: say("settings.leave_waiting \(Int(preview.waiting))"), symbol: "tray.and.arrow.up", tone: .wait)
                    .accessibilityIdentifier("leave-waiting")
                if preview.photos > 0 { say("settings.leave_photos \(Int(preview.photos))") }
                if preview.refused > 0 { say("settings.leave_refused \(Int(preview.refused))") }
            } else {
                StateLabel(words: say("today.all_received"), symbol: "checkmark.seal", tone: .good)
                    .accessibilityIdentifier("leave-all-sent")
            }
            Button(role: .destructive) {
                asks = true
            } label: {
                say("settings.leave_export")
            }
            .disabled(model.isBusy)
            .accessibilityIdentifier("leave-do")
        } footer: {
            say("settings.leave_about")
        }
    }
}
