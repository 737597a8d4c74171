import Daka
import SwiftUI

/// The app as a whole: the open journal, and what happens when it goes to the background and comes
/// back. One for the process; it outlives every window.
@MainActor @Observable public final class AppModel {
    enum Stage {
        case opening
        case failed(DakaError)
        case open(Journal)
    }

    private(set) var stage = Stage.opening
    /// The tab that is shown.
    var tab = Tab.today
    let device: Device
    @ObservationIgnored private var loops: [Task<Void, Never>] = []
    @ObservationIgnored private var isPaused = false

    public enum Tab: Hashable { case today, record, waiting, settings }

    public init(device: Device) { self.device = device }

    var journal: Journal? {
        if case .open(let journal) = stage { journal } else { nil }
    }

    // MARK: opening

    /// Opens the journal. Called again after a failure, and harmless when it is open.
    public func start() async {
        if case .open = stage { return }
        stage = .opening
        do {
            let profile = "1"
            let config = DakaConfig(
                folder: device.root.appendingPathComponent(profile).path, sealingKey: try device.keys.sealingKey(profile),
                appVersion: device.version, platform: .ios,
                utcOffsetMin: Int16(clamping: TimeZone.current.secondsFromGMT() / 60))
            let key = try device.keys.deviceKey(profile)
            let daka = try await DakaClient.open(config, clock: device.clock, key: key)
            let journal = Journal(id: profile, daka: daka, device: device)
            await journal.look()
            stage = .open(journal)
            follow(journal)
        } catch let error as DakaError {
            stage = .failed(error)
        } catch {
            stage = .failed(DakaError(.keyRefused, detail: "\(error)"))
        }
    }

    private func follow(_ journal: Journal) {
        loops = [
            Task { await journal.follow() },
            Task { [device] in
                for await state in device.network.states() {
                    journal.network = state
                    guard state.isThere else { continue }
                    try? await journal.daka.wake()
                    await journal.syncQuietly()
                }
            },
            Task { [device] in
                for await _ in device.network.timeChanges() {
                    journal.clockChanged = true
                    journal.daka.refresh()
                }
            },
            Task { await journal.syncQuietly() },
        ]
    }

    /// Closes the open journal.
    private func close() async {
        loops.forEach { $0.cancel() }
        loops = []
        try? await journal?.daka.closeDown()
        stage = .opening
    }

    /// After the journal was left: its folder is empty, its keys go, and the phone belongs to nobody again.
    func forget(_ profile: String) async {
        await close()
        device.keys.forget(profile)
        tab = .today
        await start()
    }

    // MARK: life

    /// The app left the screen: the database is closed before the system stops the process, because a lock that is held then ends it.
    public func pause() async {
        guard let daka = journal?.daka, !isPaused else { return }
        isPaused = true
        await device.background.finish("pause") { try? await daka.pause() }
    }

    /// The app is back.
    public func resume() async {
        guard let journal, isPaused else { return }
        isPaused = false
        do {
            try await journal.daka.resume()
        } catch {
            await close()
            stage = .failed(error)
            return
        }
        journal.daka.refresh()
        try? await journal.daka.wake()
        await journal.syncQuietly()
    }

    /// A wake-up by the system: one round, and the database closed again if the app is not in front.
    public func syncInBackground(deadline: Duration) async -> Bool {
        await start()
        guard let journal else { return false }
        let wasPaused = isPaused
        if wasPaused { try? await journal.daka.resume() }
        let milliseconds = UInt64(max(0, deadline.components.seconds)) * 1000
        let options = SyncOptions(pace: .background, now: false, metered: journal.network.isMetered, deadlineMs: milliseconds)
        let report = try? await journal.daka.sync(options)
        device.background.wake(after: report?.next.map { Moment(ms: $0.dueMs).date })
        if wasPaused { try? await journal.daka.pause() }
        return report.map { !$0.stopped } ?? false
    }

    // MARK: from outside

    /// A punch that was made from outside, for the screen to show.
    private(set) var made: PunchResult?

    /// "Punch now" of a notification or a shortcut: what the button would do, and its answer as a sentence. The app is in front by now,
    /// where the place is measured as after any tap.
    public func punchFromOutside() async -> String {
        await start()
        await resume()
        let language: Locale? = nil
        guard let journal, let home = journal.home, home.employer != nil else { return sentence("quick.not_enrolled", in: language) }
        tab = .today
        let request = PunchRequest(
            asked: home.offer, shown: home.offer, trigger: .tap, presence: .none, fixes: device.surroundings.positions(),
            radio: device.surroundings.radio())
        do {
            let result = try await journal.daka.punch(request)
            made = result
            let moment = Moment(ms: result.wallMs, offsetMin: result.offsetMin)
            let time = Clock(zone: moment.zone, language: language ?? .current).format(moment.date)
            return sentence("quick.done %@ %@", [sentence(result.asked.textKey, in: language), time], in: language)
        } catch {
            return sentence("quick.failed", in: language)
        }
    }
}
