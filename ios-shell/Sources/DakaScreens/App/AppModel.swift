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
    /// The last of what opens and closes journals.
    @ObservationIgnored private var turn: Task<Void, Never>?
    /// The employer whose turn it is in the background.
    @ObservationIgnored private var visiting: Task<SyncReport?, Never>?
    @ObservationIgnored private var isSyncing = false
    @ObservationIgnored private var loops: [Task<Void, Never>] = []
    @ObservationIgnored private var isPaused = false
    /// Nobody knows when the system started the app for a sync.
    @ObservationIgnored private var isInFront: Bool?

    public init(device: Device) { self.device = device }

    var journal: Journal? {
        if case .open(let journal) = stage { journal } else { nil }
    }

    // MARK: opening

    /// Opens what was used last. Called again after a failure, by whoever needs it, and harmless when all is open.
    public func start() async {
        guard journal == nil else { return }
        await alone { if self.journal == nil { await self.open() } }
    }

    /// What opens and closes journals is done one after the other, and to its end. A visit in the background ends before: a journal is open
    /// once, and nobody who looks waits for another employer's server.
    private func alone<Value: Sendable>(_ work: @escaping @MainActor () async -> Value) async -> Value {
        let task = Task { [turn] in
            await turn?.value
            visiting?.cancel()
            _ = await visiting?.value
            return await work()
        }
        turn = Task { _ = await task.value }
        return await task.value
    }

    private func open() async {
        stage = .opening
        proof = FileManager.default.fileExists(atPath: proofFile.path) ? proofFile : nil
        do {
            profiles = try await registry().profiles()
            guard let current = profiles.first else { return }
            let journal = Journal(id: current.id, daka: try await client(of: current), device: device)
            journal.savesData = settings.dataSaver
            journal.isAlone = !profiles.contains { $0.enrolled && $0.id != current.id }
            await journal.look()
            stage = .open(journal)
            follow(journal)
            if isInFront == false { await rest() }
        } catch {
            stage = .failed(error as? DakaError ?? DakaError(.keyRefused, detail: "\(error)"))
        }
    }

    private func registry() async throws -> any DakaPhoneProtocol {
        if let phone { return phone }
        let opened = try await DakaPhone.open(root: device.root.path, keys: device.keys)
        settings = try await opened.settings()
        phone = opened
        return opened
    }

    private func client(of profile: Profile) async throws -> any DakaClientProtocol {
        let config = DakaConfig(
            folder: profile.folder, sealingKey: try device.keys.sealingKey(profile: profile.id), appVersion: device.version, platform: .ios,
            utcOffsetMin: Int16(clamping: TimeZone.current.secondsFromGMT() / 60))
        return try await DakaClient.open(config, clock: device.clock, key: try device.keys.deviceKey(profile.id))
    }

    private func follow(_ journal: Journal) {
        loops = [
            Task { await journal.follow() },
            Task { await remind() },
            Task { [device] in
                for await state in device.network.states() {
                    journal.network = state
                    guard state != .away else { continue }
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

    private func change(_ change: @escaping @MainActor (any DakaPhoneProtocol) async throws -> Void) async {
        await alone {
            await self.close()
            await self.trouble.attempt { try await change(self.registry()) }
            await self.open()
        }
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
    func remind() async { if let journal { await remind(journal.id, journal.daka) } }

    /// A sentence for the system to show.
    private func said(_ key: String, _ values: [String] = []) -> String { sentence(key, values, in: settings.language.locale) }
    private func said(_ key: String, _ asked: Asked, _ moment: Moment) -> String {
        said(key, [said(asked.textKey), moment.time(in: settings.language.locale)])
    }

    private func remind(_ profile: String, _ daka: any DakaClientProtocol) async {
        guard let due = try? await daka.nextReminders(limit: 24) else { return }
        let notices = due.map { due in
            let moment = Moment(ms: due.atMs)
            return Notice(
                id: "\(due.reminder) \(due.date)", at: moment.date, title: said("reminders.due %@ %@", due.asked, moment),
                body: said("reminders.due_body"), action: said("reminders.punch_now"))
        }
        await device.notices.plan(notices, of: profile)
    }

    // MARK: life

    /// The app left the screen: the database is closed before the system stops the process, because a lock that is held then ends it.
    public func pause() async {
        isInFront = false
        await turn?.value
        if !isPaused { await rest() }
    }

    /// Closes the database, unless somebody looks.
    private func rest() async {
        guard let daka = journal?.daka, isInFront != true else { return }
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

    /// A wake-up by the system: one round for each employer in turn, within the deadline. One whose journal does not open is passed over, and
    /// none takes the time of those after it. True if nothing is left to do.
    public func syncInBackground(deadline: Duration) async -> Bool {
        guard !isSyncing else { return false }
        isSyncing = true
        defer { isSyncing = false }
        let end = ContinuousClock.now + deadline
        let enrolled = await alone { ((try? await self.registry().profiles()) ?? []).filter(\.enrolled) }
        let network = await device.network.states().first { @Sendable _ in true }
        var reports: [SyncReport] = []
        for (index, profile) in enrolled.enumerated() where !Task.isCancelled {
            let share = (end - .now) / (enrolled.count - index)
            let options = SyncOptions(
                pace: .background, now: false, metered: network == .metered,
                deadlineMs: UInt64(max(0, share / .milliseconds(1))), saveData: settings.dataSaver)
            let round = await alone { self.begin(profile.id, options) }
            let report = await withTaskCancellationHandler { await round.value } onCancel: { round.cancel() }
            if let report { reports.append(report) }
        }
        device.background.wake(after: reports.compactMap { $0.next.map { Moment(ms: $0.dueMs).date } }.min())
        return !enrolled.isEmpty && reports.count == enrolled.count && !reports.contains(where: \.stopped)
    }

    private func begin(_ profile: String, _ options: SyncOptions) -> Task<SyncReport?, Never> {
        let task = Task { [journal] in journal?.id == profile ? await send(journal, options) : await visit(profile, options) }
        visiting = task
        return task
    }

    /// The journal that is open: its database is open for the round, and stays so if the app is in front.
    private func send(_ journal: Journal?, _ options: SyncOptions) async -> SyncReport? {
        if isPaused { try? await journal?.daka.resume() }
        let report = try? await journal?.daka.sync(options)
        await rest()
        return report
    }

    /// Another employer's journal: open for the round alone. One that was left meanwhile stays as it is.
    private func visit(_ profile: String, _ options: SyncOptions) async -> SyncReport? {
        guard let there = try? await registry().profiles().first(where: { $0.id == profile && $0.enrolled }), !Task.isCancelled,
            let daka = try? await client(of: there)
        else { return nil }
        let report = try? await daka.sync(options)
        await remind(profile, daka)
        try? await daka.closeDown()
        return report
    }

    // MARK: from outside

    /// "Punch now" of a reminder, which names its employer, or of a shortcut: what the button would do, and its answer as a sentence. The
    /// app is in front by now, where the place is measured as after any tap.
    public func punchFromOutside(_ profile: String? = nil) async -> String {
        await start()
        if let profile, profile != journal?.id, profiles.contains(where: { $0.id == profile }) { await select(profile) }
        await resume()
        guard let journal, let home = journal.home, home.employer != nil else { return said("quick.not_enrolled") }
        tab = .today
        guard let result = try? await journal.punch(home.offer) else { return said("quick.failed") }
        made = result
        return said("quick.done %@ %@", result.asked, Moment(ms: result.wallMs, offsetMin: result.offsetMin))
    }
}
