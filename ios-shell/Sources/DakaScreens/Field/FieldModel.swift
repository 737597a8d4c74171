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
    private(set) var isSending = false
    private(set) var isLoaded = false
    var problem: Problem?
    private let journal: Journal
    private let device: Device
    /// One after the other, so that an older draft never overwrites a newer one.
    @ObservationIgnored private var saving: Task<Void, Never>?
    @ObservationIgnored private var capture: String?

    init(journal: Journal, device: Device) {
        self.journal = journal
        self.device = device
    }

    func load() async {
        guard !isLoaded else { return }
        do {
            let policy = try await journal.daka.fieldPolicy()
            if let draft = try await journal.daka.draft() {
                field = draft.field ?? .clientVisit
                visit = draft.visit ?? ""
                note = draft.note ?? ""
                photos = draft.photos
            }
            self.policy = policy
            isLoaded = true
        } catch {
            problem = Problem(error)
        }
    }

    /// May another photo be added?
    var hasRoom: Bool { photos.count < Int(policy?.maxPhotos ?? 0) }

    private var draft: FieldDraft {
        FieldDraft(field: field, visit: visit.isEmpty ? nil : visit, note: note.isEmpty ? nil : note, photos: photos)
    }

    private func changed() {
        guard isLoaded, !isSending else { return }
        let draft = draft
        saving = Task { [saving] in
            await saving?.value
            await keep(draft)
        }
    }

    private func keep(_ draft: FieldDraft) async {
        do {
            try await journal.daka.saveDraft(draft)
        } catch {
            problem = Problem(error)
        }
    }

    /// Waits until what was written is kept.
    func kept() async { await saving?.value }

    // MARK: photos

    /// The camera opens: what it takes within five minutes counts as taken now.
    func beginCapture() async {
        do {
            capture = try await journal.daka.beginCapture()
        } catch {
            problem = Problem(error)
        }
    }

    /// A picture in a file of ours: into the sealed store and the draft, and the file goes.
    func adopt(_ file: URL, taken: Bool) async {
        defer { try? FileManager.default.removeItem(at: file) }
        await kept()
        do {
            let photo = try await journal.daka.adoptDraftPhoto(path: file.path, capture: taken ? capture : nil)
            capture = nil
            if !photos.contains(photo.digest) { photos.append(photo.digest) }
        } catch {
            problem = Problem(error)
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
        guard !isSending else { return nil }
        if policy?.photoRequired == true, photos.isEmpty {
            problem = .failure(.photoMissing)
            return nil
        }
        isSending = true
        defer { isSending = false }
        await kept()
        let offer = journal.home?.offer ?? .auto
        let request = PunchRequest(
            asked: .auto, shown: offer, trigger: .tap, presence: photos.isEmpty ? .none : .photo, field: field,
            fixes: device.surroundings.positions(), radio: device.surroundings.radio(), note: draft.note,
            visit: draft.visit, photos: photos)
        do {
            return try await journal.daka.punch(request)
        } catch {
            problem = Problem(error)
            return nil
        }
    }

    func discard() async {
        await kept()
        try? await journal.daka.dropDraft()
    }
}
