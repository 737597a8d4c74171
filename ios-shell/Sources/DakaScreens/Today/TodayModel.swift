import Daka
import SwiftUI

/// The button and what comes of it. The phone measures only after a person's tap: on the button, or on "check my place"; never by itself.
@MainActor @Observable final class TodayModel {
    /// A punch that was made just now, while its result is on the screen.
    struct Made: Identifiable {
        let result: PunchResult
        /// The place, as the last measurement makes it; none for a second tap.
        var place: PlaceState?
        var site: String?
        var isMeasuring: Bool
        var id: String { result.id }
    }

    var made: Made?
    private(set) var precheck: Precheck?
    private(set) var isChecking = false
    /// What stands between the phone and a position, once it was asked for.
    private(set) var access: Access
    let trouble = Trouble()
    private let journal: Journal
    private var phone: any Surroundings { journal.device.surroundings }
    @ObservationIgnored private var measuring: Task<Void, Never>?

    /// As long as a punch takes further positions, and a person waits.
    static let patience = Duration.seconds(15)

    init(journal: Journal) {
        self.journal = journal
        access = journal.device.surroundings.access
    }

    /// What the phone was allowed meanwhile, in the system's settings.
    func lookAtAccess() { access = phone.access }

    // MARK: before a tap

    /// Measures for a while and says what a punch here would be. Writes nothing.
    func check() async {
        guard !isChecking else { return }
        isChecking = true
        defer { isChecking = false }
        await measure {
            precheck = try? await journal.daka.precheck(journal.positions())
            return precheck?.place.help != nil
        }
    }

    /// Asks the person if nobody did, and looks again at each measurement, until `look` says that more would not help, patience ends, or the
    /// person does not agree any more.
    private func measure(_ look: @MainActor () async -> Bool) async {
        guard journal.home?.locationConsent == true else { return }
        lookAtAccess()
        if access == .notAsked { access = await phone.ask() }
        guard await look(), access == .allowed || access == .approximate else { return }
        for await _ in phone.measure(for: Self.patience, radio: journal.home?.radioConsent == true) {
            guard journal.home?.locationConsent == true, await look() else { return }
        }
    }

    // MARK: a tap

    /// Records what the button offers. The punch is kept when this returns; the place is measured afterwards.
    func punch(_ asked: Asked, shown: Asked) async {
        if let result = await trouble.once({ try await journal.punch(asked, shown: shown) }) { show(result) }
    }

    /// Shows what was made, measures the place for it, and sends it.
    func show(_ result: PunchResult) {
        let measures = result.place != nil && journal.home?.locationConsent == true
        made = Made(result: result, place: result.place, site: result.siteName, isMeasuring: measures)
        measuring?.cancel()
        measuring = Task {
            if measures { await follow(result.id) }
            await journal.syncQuietly()
        }
        Task { await journal.syncQuietly() }
    }

    /// Shows the result of a punch again, whose note was being written when the process ended.
    func show(again punch: String) async {
        guard made == nil, let result = try? await journal.daka.punchResult(punch) else { return }
        made = Made(result: result, place: result.place, site: result.siteName, isMeasuring: false)
    }

    private func follow(_ punch: String) async {
        await measure {
            let positions = journal.positions()
            if positions.isEmpty { return true }
            // Too late, or closed: nothing more to wait for.
            guard let place = try? await journal.daka.offerFixes(positions, to: punch) else { return false }
            let site = try? await journal.daka.precheck(positions).siteName
            if made?.id == punch {
                made?.place = place
                made?.site = site
            }
            return place.help != nil
        }
        try? await journal.daka.stopMeasuring()
        if made?.id == punch { made?.isMeasuring = false }
    }
}
