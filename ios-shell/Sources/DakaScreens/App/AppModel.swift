import Daka
import SwiftUI

/// The app as a whole: which employer's journal is open, the settings, and what happens when the app goes to the background and comes back.
/// One for the process; it outlives every window.
@MainActor @Observable public final class AppModel {
    enum Stage {
        case opening
        case failed(DakaError)
        case open(Journal)
    }
    enum Tab: Hashable { case today, record, waiting, settings }

    private(set) var stage = Stage.opening
    private(set) var profiles: [Profile] = []
    private(set) var settings = AppSettings(language: .system, theme: .system, dataSaver: false)
    /// The proof file of an employer that was left, until the person has done with it. It outlives the process.
    private(set) var proof: URL?
    /// The tab that is shown.
    var tab = Tab.today
    /// A punch that was made from outside, for the screen to show once.
    var made: PunchResult?
    let device: Device
    let trouble = Trouble()
    @ObservationIgnored private var phone: (any DakaPhoneProtocol)?
    @ObservationIgnored private var starting: Task<Void, Never>?
    @ObservationIgnored private var loops: [Task<Void, Never>] = []
    @ObservationIgnored private var isPaused = false
    /// Not so when the system started the app for a sync.
    @ObservationIgnored private var isInFront = false

    public init(device: Device) { self.device = device }

    var journal: Journal? {
        if case .open(let journal) = stage { journal } else { nil }
    }

    // MARK: opening

    /// Opens what was used last. Called again after a failure, by whoever needs it, and harmless when all is open.
    public func start() async {
        if case .open = stage { return }
        let task = starting ?? Task { await open() }
        starting = task
        await task.value
        starting = nil
    }

    private func open() async {
        stage = .opening
        proof = FileManager.default.fileExists(atPath: proofFile.path) ? proofFile : nil
        do {
            let phone = try await registry()
            settings = try await phone.settings()
            profiles = try await phone.profiles()
            guard let current = profiles.first else { return }
            let journal = Journal(id: current.id, daka: try await client(of: current), device: device)
            journal.savesData = settings.dataSaver
            await journal.look()
            stage = .open(journal)
            follow(journal)
        } catch let error as DakaError {
            stage = .failed(error)
        } catch {
            stage = .failed(DakaError(.keyRefused, detail: "\(error)"))
        }
    }

    private func registry() async throws -> any DakaPhoneProtocol {
        if let phone { return phone }
        let opened = try await DakaPhone.open(root: device.root.path, keys: ProfileKeys(keys: device.keys))
        phone = opened
        return opened
    }

    private func client(of profile: Profile) async throws -> any DakaClientProtocol {
        let config = DakaConfig(
            folder: profile.folder, sealingKey: try device.keys.sealingKey(profile.id), appVersion: device.version, platform: .ios,
            utcOffsetMin: Int16(clamping: TimeZone.current.secondsFromGMT() / 60))
        return try await DakaClient.open(config, clock: device.clock, key: try device.keys.deviceKey(profile.id))
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
                    await remind()
                }
            },
            Task {
                await remind()
                await journal.syncQuietly()
            },
        ]
    }

    /// Closes the open journal, for another one or for good.
    private func close() async {
        loops.forEach { $0.cancel() }
        loops = []
        try? await journal?.daka.closeDown()
        (stage, made, isPaused) = (.opening, nil, false)
    }

    // MARK: employers

    func select(_ profile: String) async { await change { try await $0.select(profile) } }

    func addEmployer() async {
        tab = .today
        await change { try await $0.add() }
    }

    /// Writes the proof file of everything; then the journal, its photos, its keys and its reminders go, and another journal opens. After
    /// a kill in between, the file is there and the journal is whole or empty.
    func leave(_ journal: Journal) async throws {
        try await journal.daka.leave(exportPath: proofFile.path)
        tab = .today
        await device.notices.plan([], of: journal.id)
        await change { [device] phone in
            try await phone.remove(journal.id)
            device.keys.forget(journal.id)
        }
    }

    func forgetProof() {
        try? FileManager.default.removeItem(at: proofFile)
        proof = nil
    }

    private var proofFile: URL { device.root.appendingPathComponent("proof.daka") }

    private func change(_ change: (any DakaPhoneProtocol) async throws -> Void) async {
        await close()
        await trouble.attempt { try await change(registry()) }
        await start()
    }

    /// The names of employers as they are now.
    func lookAtProfiles() async {
        if let now = try? await registry().profiles() { profiles = now }
    }

    func previewCode(_ text: String) async throws -> CodePreview { try await registry().previewCode(text) }

    // MARK: settings and reminders

    func set(_ settings: AppSettings) async {
        await trouble.attempt {
            try await registry().setSettings(settings)
            self.settings = settings
            journal?.savesData = settings.dataSaver
            await remind()
        }
    }

    /// Hands the next reminders to the system: what is due when, the core says; the sentence is ours. Where the journal does not answer,
    /// what was planned stays.
    func remind() async {
        guard let journal, journal.home?.employer != nil, let due = try? await journal.daka.nextReminders(limit: 24) else { return }
        let language = settings.language.locale
        let notices = due.map { due in
            let moment = Moment(ms: due.atMs)
            func said(_ key: String, _ values: [String] = []) -> String { sentence(key, values, in: language) }
            return Notice(
                id: "\(due.reminder) \(due.date)", at: moment.date,
                title: said("reminders.due %@ %@", [said(due.asked.textKey), moment.time(in: language)]), body: said("reminders.due_body"),
                action: said("reminders.punch_now"))
        }
        await device.notices.plan(notices, of: journal.id)
    }

    // MARK: life

    /// The app left the screen: the database is closed before the system stops the process, because a lock that is held then ends it.
    public func pause() async {
        isInFront = false
        await starting?.value
        guard let daka = journal?.daka, !isPaused, !isInFront else { return }
        isPaused = true
        await device.background.finish("pause") { try? await daka.pause() }
    }

    /// The app is back.
    public func resume() async {
        isInFront = true
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
        await remind()
        try? await journal.daka.wake()
        await journal.syncQuietly()
    }

    /// A wake-up by the system: one round, and the database closed again if the app is not in front.
    public func syncInBackground(deadline: Duration) async -> Bool {
        await start()
        guard let journal else { return false }
        if isPaused { try? await journal.daka.resume() }
        let milliseconds = UInt64(max(0, deadline.components.seconds)) * 1000
        let options = SyncOptions(
            pace: .background, now: false, metered: journal.network.isMetered, deadlineMs: milliseconds, saveData: settings.dataSaver)
        let report = try? await journal.daka.sync(options)
        device.background.wake(after: report?.next.map { Moment(ms: $0.dueMs).date })
        if !isInFront {
            isPaused = true
            try? await journal.daka.pause()
        }
        return report.map { !$0.stopped } ?? false
    }

    // MARK: from outside

    /// "Punch now" of a reminder, which names its employer, or of a shortcut: what the button would do, and its answer as a sentence. The
    /// app is in front by now, where the place is measured as after any tap.
    public func punchFromOutside(_ profile: String? = nil) async -> String {
        await start()
        if let profile, profile != journal?.id, profiles.contains(where: { $0.id == profile }) { await select(profile) }
        await resume()
        let language = settings.language.locale
        func said(_ key: String, _ values: [String] = []) -> String { sentence(key, values, in: language) }
        guard let journal, let home = journal.home, home.employer != nil else { return said("quick.not_enrolled") }
        tab = .today
        guard let result = try? await journal.punch(home.offer) else { return said("quick.failed") }
        made = result
        let moment = Moment(ms: result.wallMs, offsetMin: result.offsetMin)
        return said("quick.done %@ %@", [said(result.asked.textKey), moment.time(in: language)])
    }
}

/// The key store as the core's registry asks it, to read the employers' names.
private final class ProfileKeys: SealingKeys {
    private let keys: any KeySource
    init(keys: any KeySource) { self.keys = keys }
    func sealingKey(profile: String) throws -> Data {
        do { return try keys.sealingKey(profile) } catch { throw PlatformFailure.Refused(reason: "\(type(of: error))") }
    }
}
