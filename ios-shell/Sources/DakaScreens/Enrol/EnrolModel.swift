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
            await journal.look()
            // Sites and rules. A server that is away is no failure here: the phone is enrolled.
            _ = try? await journal.sync(now: true)
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
    /// What may be asked for.
    static let purposes = [Purpose.location, .radio, .photo]
    /// The revision of the texts that the person reads.
    private static let textRev: UInt64 = 1
    private(set) var granted: Set<Purpose> = []
    private(set) var isBusy = false
    var problem: Problem?
    private let journal: Journal

    init(journal: Journal) { self.journal = journal }

    func load() async {
        do {
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
        guard !isBusy else { return false }
        isBusy = true
        defer { isBusy = false }
        let choices = Self.purposes.map {
            ConsentChoice(purpose: $0, granted: granted.contains($0), textRev: Self.textRev)
        }
        do {
            try await journal.daka.setConsent(choices)
            await journal.look()
            return true
        } catch {
            problem = Problem(error)
            return false
        }
    }
}
