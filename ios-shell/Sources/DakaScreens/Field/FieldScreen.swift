import Daka
import SwiftUI

/// A field check-in: what kind, for which visit, with a photo as the employer's policy wants it.
struct FieldScreen: View {
    @State private var model: FieldModel
    private let made: @MainActor (PunchResult) -> Void
    @State private var isTaking = false
    @State private var asksToDiscard = false
    @Environment(\.dismiss) private var dismiss

    init(journal: Journal, made: @escaping @MainActor (PunchResult) -> Void) {
        (_model, self.made) = (State(initialValue: FieldModel(journal: journal)), made)
    }

    var body: some View {
        NavigationStack {
            Form {
                if let policy = model.policy {
                    kind
                    photos(policy)
                    submit
                }
            }
            .ends(say("field.title"), "field-later", say("common.close")) { dismiss() }
        }
        .task { await model.load() }
        .tells(model.trouble)
        .fullScreenCover(isPresented: $isTaking) {
            PhotoScreen(journal: model.journal) { try await model.adopt($0, capture: $1) }
        }
    }

    private var kind: some View {
        rows(footer: say("field.draft_kept")) {
            choice("field-kind", say("field.type"), [.clientVisit, .businessTrip, .home, .other], $model.field)
            TextField(text: $model.visit, prompt: say("field.visit_hint")) { say("field.visit") }.called("field-visit")
            TextField(text: $model.note, prompt: say("field.note_hint"), axis: .vertical) { say("field.note") }.called("field-note")
        }
    }

    private func photos(_ policy: FieldPolicy) -> some View {
        Section {
            ForEach(model.photos.indices, id: \.self) { index in
                say("field.photo_number \(index + 1) \(model.photos.count)")
                PhotoRow(journal: model.journal, digest: model.photos[index], number: index + 1, of: model.photos.count)
                tap("field-drop", say("field.remove_photo"), role: .destructive) { Task { await model.drop(model.photos[index]) } }
            }
            if model.room > 0, policy.camera { tap("field-take", say("field.camera"), "camera") { isTaking = true } }
            if model.room > 0, policy.gallery {
                model.journal.device.gallery.chooser(say("field.gallery")) { chosen in Task { await model.choose(chosen) } }
                    .called("field-choose")
            }
        } header: {
            say("field.photos")
        } footer: {
            if policy.photoRequired { say("field.photo_required") }
            if model.room > 0 { say("field.photos_left \(model.room)") }
        }
    }

    private var submit: some View {
        Section {
            tap("field-submit", say("field.submit"), "checkmark", height: 56) {
                Task {
                    guard let result = await model.submit() else { return }
                    dismiss()
                    made(result)
                }
            }
            .disabled(model.trouble.isBusy)
            tap("field-discard", say("field.discard"), role: .destructive) { asksToDiscard = true }
                .confirmationDialog(say("field.discard_ask"), isPresented: $asksToDiscard) {
                    tap("field-discard-yes", say("field.discard"), role: .destructive) {
                        Task {
                            await model.discard()
                            dismiss()
                        }
                    }
                } message: {
                    EmptyView()
                }
        }
    }
}

/// A photo of the sealed store.
struct PhotoRow: View {
    let journal: Journal
    let digest: String
    let number: Int
    let of: Int
    @State private var picture: Image?
    @State private var isGone = false

    var body: some View {
        ZStack {
            if let picture {
                picture.resizable().scaledToFit().accessibilityLabel(say("a11y.photo \(number) \(of)")).called("photo")
            } else if isGone {
                PhotoPlace.gone.sentence
            } else {
                ProgressView { say("a11y.photo \(number) \(of)") }
            }
        }
        .task {
            picture = (try? await journal.daka.photo(digest)).flatMap { journal.device.gallery.picture($0) }
            isGone = picture == nil
        }
    }
}
