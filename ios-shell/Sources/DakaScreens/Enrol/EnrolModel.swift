import Daka
import SwiftUI

/// From a code to an employer.
@MainActor @Observable final class EnrolModel {
    var code = ""
    private(set) var isBusy = false
    var problem: Problem?
    private let journal: Journal

    init(journal: Journal) { self.journal = journal }

    func enrol() async {
        guard !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        do {
            try await journal.daka.enrol(code.trimmingCharacters(in: .whitespacesAndNewlines))
            // Sites and rules, before consent is asked for by them. A server that is away is no failure: the phone is enrolled.
            _ = try? await journal.sync(now: true)
            await journal.look()
        } catch {
            switch (error as? DakaError)?.code {
            case .unreachable: problem = .noNetworkToJoin
            case .badValue: problem = .noCode
            default: problem = Problem(error)
            }
        }
    }
}

/// What the person agrees to.
@MainActor @Observable final class ConsentModel {
    private(set) var page: ConsentPage?
    private(set) var granted: Set<Purpose> = []
    private(set) var isBusy = false
    var problem: Problem?
    private let journal: Journal

    init(journal: Journal) { self.journal = journal }

    func load() async {
        do {
            page = try await journal.daka.consentPage()
            granted = Set(try await journal.daka.consent().filter(\.granted).map(\.purpose))
        } catch {
            problem = Problem(error)
        }
    }

    func set(_ purpose: Purpose, _ isGranted: Bool) {
        if isGranted { granted.insert(purpose) } else { granted.remove(purpose) }
    }

    /// Records the choices as they stand; true if they are kept.
    func save() async -> Bool {
        guard let page, !isBusy else { return false }
        isBusy = true
        defer { isBusy = false }
        let choices = page.purposes.map {
            ConsentChoice(purpose: $0, granted: granted.contains($0), textRev: page.textRev)
        }
        do {
            try await journal.daka.setConsent(choices)
            await journal.look()
            Task { await journal.syncQuietly() }
            return true
        } catch {
            problem = Problem(error)
            return false
        }
    }
}
