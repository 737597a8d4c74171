import Daka
import SwiftUI

/// A field check-in while it is written. Every change is kept as a draft in the journal at once, so that the process may end at any moment
/// and the screen comes back as it was.
@MainActor @Observable final class FieldModel {
    private(set) var policy: FieldPolicy?
    var field: FieldType = .clientVisit { didSet { changed() } }
    var visit = "" { didSet { changed() } }
    var note = "" { didSet { changed() } }
    private(set) var photos: [String] = []
    let trouble = Trouble()
    let journal: Journal
    private var isLoaded = false
    /// One after the other, so that an older draft never overwrites a newer one.
    @ObservationIgnored private var saving: Task<Void, Never>?

    init(journal: Journal) { self.journal = journal }

    /// Shows the form when its draft is there: what is typed earlier would be kept by nobody.
    func load() async {
        guard !isLoaded else { return }
        await trouble.attempt {
            let now = try await journal.daka.fieldPolicy()
            if let draft = try await journal.daka.draft() {
                (field, visit, note, photos) = (draft.field ?? .clientVisit, draft.visit ?? "", draft.note ?? "", draft.photos)
            }
            (policy, isLoaded) = (now, true)
        }
    }

    /// How many more photos may be added.
    var room: Int { max(0, Int(policy?.maxPhotos ?? 0) - photos.count) }

    private var draft: FieldDraft {
        FieldDraft(field: field, visit: visit.isEmpty ? nil : visit, note: note.isEmpty ? nil : note, photos: photos)
    }

    private func changed() {
        guard isLoaded, !trouble.isBusy else { return }
        let draft = draft
        saving = Task { [saving] in
            await saving?.value
            await trouble.attempt { try await journal.daka.saveDraft(draft) }
        }
    }

    /// Waits until what was written is kept.
    private func kept() async { await saving?.value }

    // MARK: photos

    /// A picture in a file: into the sealed store and the draft. One from the gallery has no capture.
    func adopt(_ file: URL, capture: String? = nil) async throws {
        await kept()
        let photo = try await journal.daka.adoptDraftPhoto(path: file.path, capture: capture)
        if !photos.contains(photo.digest) { photos.append(photo.digest) }
    }

    func choose(_ chosen: Result<URL, PhotoTrouble>) async {
        await trouble.attempt {
            let file = try chosen.get()
            defer { try? FileManager.default.removeItem(at: file) }
            try await adopt(file)
        }
    }

    func drop(_ photo: String) async {
        photos.removeAll { $0 == photo }
        changed()
        await kept()
        try? await journal.daka.dropPhoto(photo)
    }

    // MARK: the end

    /// The check-in becomes a punch, and the draft goes with it. Nil: it was not kept, and the draft is still there.
    func submit() async -> PunchResult? {
        await trouble.once {
            await kept()
            if policy?.photoRequired == true, photos.isEmpty { throw DakaError(.photoMissing) }
            return try await journal.punch(.auto, draft: draft)
        }
    }

    func discard() async {
        await kept()
        try? await journal.daka.dropDraft()
    }
}
