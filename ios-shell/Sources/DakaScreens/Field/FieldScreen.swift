import Daka
import SwiftUI

/// A field check-in: what kind, for which visit, with a photo as the employer's policy wants it.
struct FieldScreen: View {
    let journal: Journal
    let device: Device
    let made: @MainActor (PunchResult) -> Void
    @State private var model: FieldModel
    @State private var isTaking = false
    @State private var asksToDiscard = false
    @Environment(\.dismiss) private var dismiss

    init(journal: Journal, device: Device, made: @escaping @MainActor (PunchResult) -> Void) {
        self.journal = journal
        self.device = device
        self.made = made
        _model = State(initialValue: FieldModel(journal: journal, device: device))
    }

    var body: some View {
        NavigationStack {
            Form {
                // Not before the draft is there: what is typed earlier would be kept by nobody.
                if let policy = model.policy {
                    kind
                    photos(policy)
                    submit
                }
            }
            .navigationTitle(say("field.title"))
            .toolbar {
                ToolbarItem(placement: .cancellationAction) {
                    Button(role: .cancel) { dismiss() } label: { say("common.close") }.accessibilityIdentifier("field-later")
                }
            }
        }
        .task { await model.load() }
        .tells($model.problem)
        .fullScreenCover(isPresented: $isTaking) {
            PhotoScreen(camera: device.camera) { await model.beginCapture() } taken: { await model.adopt($0, taken: true) }
        }
    }

    private var kind: some View {
        Section {
            Picker(selection: $model.field) {
                ForEach([FieldType.clientVisit, .businessTrip, .home, .other], id: \.self) { $0.sentence }
            } label: {
                say("field.type")
            }
            .accessibilityIdentifier("field-kind")
            TextField(text: $model.visit, prompt: say("field.visit_hint")) { say("field.visit") }.accessibilityIdentifier("field-visit")
            TextField(text: $model.note, prompt: say("field.note_hint"), axis: .vertical) { say("field.note") }.accessibilityIdentifier("field-note")
        } footer: {
            say("field.draft_kept")
        }
    }

    private func photos(_ policy: FieldPolicy) -> some View {
        Section {
            ForEach(model.photos.indices, id: \.self) { index in
                say("field.photo_number \(index + 1) \(model.photos.count)")
                PhotoRow(
                    journal: journal, gallery: device.gallery, digest: model.photos[index], number: index + 1,
                    of: model.photos.count
                ) {
                    await model.drop(model.photos[index])
                }
            }
            if model.hasRoom {
                if policy.camera {
                    Button {
                        isTaking = true
                    } label: {
                        Label { say("field.camera") } icon: { Image(systemName: "camera") }
                    }
                    .accessibilityIdentifier("field-take")
                }
                if policy.gallery {
                    device.gallery.chooser(say("field.gallery")) { chosen in
                        switch chosen {
                        case .success(let file): Task { await model.adopt(file, taken: false) }
                        case .failure(let trouble): model.problem = Problem(trouble)
                        }
                    }
                    .accessibilityIdentifier("field-choose")
                }
            }
        } header: {
            say("field.photos")
        } footer: {
            if policy.photoRequired { say("field.photo_required") }
            if model.hasRoom { say("field.photos_left \(Int(policy.maxPhotos) - model.photos.count)") }
        }
    }

    private var submit: some View {
        Section {
            Button {
                Task {
                    guard let result = await model.submit() else { return }
                    dismiss()
                    made(result)
                }
            } label: {
                Label { say("field.submit") } icon: { Image(systemName: "checkmark") }.frame(maxWidth: .infinity, minHeight: 56)
            }
            .buttonStyle(.borderedProminent)
            .controlSize(.large)
            .disabled(model.isSending || !model.isLoaded)
            .accessibilityIdentifier("field-submit")
            Button(role: .destructive) {
                asksToDiscard = true
            } label: {
                say("field.discard")
            }
            .accessibilityIdentifier("field-discard")
            .confirmationDialog(say("field.discard_ask"), isPresented: $asksToDiscard) {
                Button(role: .destructive) {
                    Task {
                        await model.discard()
                        dismiss()
                    }
                } label: {
                    say("field.discard")
                }
            } message: {
                EmptyView()
            }
        }
    }
}

/// A photo of the sealed store, small, with a button that takes it away.
struct PhotoRow: View {
    let journal: Journal
    let gallery: any GallerySource
    let digest: String
    let number: Int
    let of: Int
    var drop: (@MainActor () async -> Void)?
    @State private var picture: Image?
    @State private var isGone = false

    var body: some View {
        VStack(alignment: .leading) {
            if let picture {
                picture.resizable().scaledToFit().accessibilityLabel(say("a11y.photo \(number) \(of)"))
                    .accessibilityIdentifier("photo")
            } else if isGone {
                PhotoPlace.gone.sentence
            } else {
                ProgressView { say("a11y.photo \(number) \(of)") }
            }
            if let drop {
                Button(role: .destructive) {
                    Task { await drop() }
                } label: {
                    say("field.remove_photo")
                }
                .accessibilityIdentifier("field-drop")
            }
        }
        .task {
            // Smaller than the store's limit: a picture that is larger is shown by its facts alone.
            if let bytes = try? await journal.daka.photo(digest), let found = gallery.picture(bytes) {
                picture = found
            } else {
                isGone = true
            }
        }
    }
}

/// The camera, for one photo.
struct PhotoScreen: View {
    let camera: any CameraSource
    let begin: @MainActor () async -> Void
    let taken: @MainActor (URL) async -> Void
    @State private var access = Access.notAsked
    @State private var isTaking = false
    @State private var problem: Problem?
    @Environment(\.dismiss) private var dismiss
    @Environment(\.openURL) private var openURL

    init(
        camera: any CameraSource, begin: @escaping @MainActor () async -> Void, taken: @escaping @MainActor (URL) async -> Void
    ) {
        self.camera = camera
        self.begin = begin
        self.taken = taken
    }

    var body: some View {
        NavigationStack {
            VStack {
                CameraArea(camera: camera, access: access, part: .photo) {
                    if let settings = Device.systemSettings { openURL(settings) }
                }
                if access == .allowed {
                    Button {
                        Task { await take() }
                    } label: {
                        Label { say("field.take") } icon: { Image(systemName: "camera.fill") }.frame(maxWidth: .infinity, minHeight: 56)
                    }
                    .buttonStyle(.borderedProminent)
                    .controlSize(.large)
                    .disabled(isTaking)
                    .accessibilityIdentifier("photo-take")
                }
            }
            .navigationTitle(say("field.camera"))
            .navigationBarTitleDisplayMode(.inline)
            .toolbar {
                ToolbarItem(placement: .cancellationAction) {
                    Button(role: .cancel) { dismiss() } label: { say("common.cancel") }.accessibilityIdentifier("photo-cancel")
                }
            }
        }
        .tells($problem)
        .task {
            access = await camera.ask()
            if access == .allowed { await begin() }
        }
    }

    private func take() async {
        isTaking = true
        defer { isTaking = false }
        do {
            let file = try await camera.take()
            await taken(file)
            dismiss()
        } catch {
            problem = Problem(error)
        }
    }
}
