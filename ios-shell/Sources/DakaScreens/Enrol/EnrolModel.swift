import Daka
import SwiftUI

/// From a code to an employer. The code's own text says which server and which root; that is shown before anything is sent.
@MainActor @Observable final class EnrolModel {
    var code = ""
    /// Where the code leads, read without network.
    private(set) var preview: CodePreview?
    let trouble = Trouble()
    private let journal: Journal
    private let app: AppModel

    init(app: AppModel, journal: Journal) { (self.app, self.journal) = (app, journal) }

    func read() async {
        preview = await trouble.attempt(saying: [.badValue: say("refusals.not_a_code")]) { try await app.previewCode(code) }
    }

    /// The person wants another code.
    func forget() { (preview, code) = (nil, "") }

    func enrol() async {
        await trouble.once(saying: [.unreachable: say("refusals.no_network_enrol")]) {
            try await journal.daka.enrol(code.trimmingCharacters(in: .whitespacesAndNewlines))
            // Sites and rules, before consent is asked for by them. A server that is away is no failure: the phone is enrolled.
            _ = try? await journal.sync(now: true)
            await app.lookAtProfiles()
            await journal.look()
        }
    }
}

/// What the person agrees to.
@MainActor @Observable final class ConsentModel {
    private(set) var page: ConsentPage?
    var granted: Set<Purpose> = []
    let trouble = Trouble()
    let journal: Journal

    init(journal: Journal) { self.journal = journal }

    func load() async {
        await trouble.attempt {
            let now = try await journal.daka.consentPage()
            let given = try await journal.daka.consent().filter(\.granted).map(\.purpose)
            // Both at once: what a person chooses on the page is not undone by what was read.
            (page, granted) = (now, Set(given))
        }
    }

    /// Records the choices as they stand; true if they are kept.
    func save() async -> Bool {
        guard let page else { return false }
        let kept: Void? = await trouble.once {
            try await journal.daka.setConsent(
                page.purposes.map { ConsentChoice(purpose: $0, granted: granted.contains($0), textRev: page.textRev) })
            await journal.look()
            Task { await journal.syncQuietly() }
        }
        return kept != nil
    }
}
