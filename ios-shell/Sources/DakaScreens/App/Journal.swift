import Daka
import SwiftUI

/// One employer's open journal, as the screens see it: its home state, and a counter that moves at each event, so that a screen which
/// shows something else of the journal reads it again. It keeps nothing that the core does not say.
@MainActor @Observable final class Journal {
    /// The profile's id.
    let id: String
    let daka: any DakaClientProtocol
    let device: Device
    private(set) var home: HomeState?
    /// Moves when something of the journal changed.
    private(set) var changes = 0
    private(set) var isSending = false
    /// A code is being redeemed: consent is asked for once it is known what the employer asks for.
    var isJoining = false
    /// The clock or its zone was changed while the app was open.
    var clockChanged = false
    @ObservationIgnored var network = NetworkState.free
    @ObservationIgnored var savesData = false
    /// No other employer is on this phone, for whom something may wait, too.
    @ObservationIgnored var isAlone = true

    init(id: String, daka: any DakaClientProtocol, device: Device) { (self.id, self.daka, self.device) = (id, daka, device) }

    /// Keeps the states fresh until the task ends.
    func follow() async {
        let (events, states) = (daka.events, daka.homeStates)
        async let counting: Void = { @MainActor in for await _ in events { changes += 1 } }()
        for await state in states {
            home = state
            changes += 1
        }
        await counting
    }

    /// The home state at once, for whoever cannot wait for the stream.
    func look() async {
        if let state = try? await daka.home() { home = state }
        changes += 1
    }

    /// Where the phone is, as far as it was measured and the person agreed that it is read.
    func positions() -> [PositionFix] { home?.locationConsent == true ? device.surroundings.positions() : [] }

    /// Records a punch, with what the phone measured up to now and what was written for it. It is kept when this returns.
    func punch(_ asked: Asked, shown: Asked? = nil, draft: FieldDraft? = nil) async throws -> PunchResult {
        let photos = draft?.photos ?? []
        let request = PunchRequest(
            asked: asked, shown: shown ?? home?.offer ?? .auto, trigger: .tap, presence: photos.isEmpty ? .none : .photo,
            field: draft?.field, fixes: positions(),
            radio: home?.radioConsent == true ? device.surroundings.radio() : nil, note: draft?.note, visit: draft?.visit, photos: photos)
        return try await daka.punch(request)
    }

    /// A round with the server: `now` says "send now". What comes of it is in the home state and in the queue.
    @discardableResult func sync(now: Bool) async throws -> SyncReport {
        isSending = true
        defer { isSending = false }
        let report = try await daka.sync(SyncOptions(pace: .foreground, now: now, metered: network == .metered, saveData: savesData))
        changes += 1
        device.background.wake(after: isAlone ? home?.queue.next.map { Moment(ms: $0.dueMs).date } : nil)
        return report
    }

    /// As ``sync(now:)``, by itself: nobody asked, so nobody is told that it failed; the queue shows it.
    func syncQuietly() async {
        if home?.employer != nil { _ = try? await sync(now: false) }
    }
}
