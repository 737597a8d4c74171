import Daka
import SwiftUI

/// One employer's open journal, as the screens see it: its home state, and a counter that moves at each event, so that a screen which
/// shows something else of the journal reads it again. It keeps nothing that the core does not say.
@MainActor @Observable public final class Journal: Identifiable {
    /// The profile's id.
    public nonisolated let id: String
    public let daka: any DakaClientProtocol
    public private(set) var home: HomeState?
    /// Moves when something of the journal changed.
    public private(set) var changes = 0
    public private(set) var isSending = false
    /// Nobody has asked for consent yet.
    private(set) var asksConsent = false
    /// The clock or its zone was changed while the app was open.
    var clockChanged = false
    @ObservationIgnored private let device: Device
    @ObservationIgnored var network = NetworkState(isThere: true, isMetered: false)

    init(id: String, daka: any DakaClientProtocol, device: Device) {
        self.id = id
        self.daka = daka
        self.device = device
    }

    /// Keeps the states fresh until the task ends.
    func follow() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.followHome() }
            group.addTask { await self.followEvents() }
        }
    }

    private func followHome() async {
        for await state in daka.homeStates { home = state }
    }

    private func followEvents() async {
        for await _ in daka.events { changes += 1 }
    }

    /// The home state at once, for whoever cannot wait for the stream.
    func look() async {
        if let state = try? await daka.home() { home = state }
        if home?.employer != nil, let choices = try? await daka.consent() { asksConsent = choices.isEmpty }
        changes += 1
    }

    /// A round with the server: `now` says "send now". What comes of it is in the home state and in the queue.
    @discardableResult func sync(now: Bool) async throws -> SyncReport {
        isSending = true
        defer { isSending = false }
        let metered = network.isMetered
        let report = try await daka.sync(SyncOptions(pace: .foreground, now: now, metered: metered))
        changes += 1
        device.background.wake(after: home?.queue.next.map { Moment(ms: $0.dueMs).date })
        return report
    }

    /// As ``sync(now:)``, by itself: nobody asked, so nobody is told that it failed; the queue shows it.
    func syncQuietly() async {
        guard home?.employer != nil else { return }
        _ = try? await sync(now: false)
    }
}
