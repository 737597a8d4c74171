import Daka
import Foundation
@_spi(Testing) import SwiftUI
import Testing

@testable import DakaScreens

/// All tests that use the server, one after the other. The limit ends what hangs, and measures nothing.
@Suite(.serialized, .timeLimit(.minutes(3))) enum All {}

let languages = ["en", "zh-Hans", "zh-Hant-HK"]
private let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
let catalog: Catalog = {
    let file = here.appendingPathComponent("../../Sources/DakaScreens/Resources/Localizable.xcstrings")
    do { return try Catalog(contentsOf: file) } catch { fatalError("\(file.path): \(error)") }
}()

/// A phone that a test holds: its folder outlives the app, as it does when the process ends. What the phone measures, allows and refuses is
/// what the test says.
@MainActor final class Phone {
    let folder: URL
    let surroundings = TestSurroundings()
    let camera = TestCamera()
    let gallery = TestGallery()
    let notices = TestNotices()
    let background = TestBackground()
    let network = TestNetwork()
    let clock = TestClock()
    let keys = TestKeys()
    private(set) var app: AppModel
    private(set) var screen: Screen

    init(language: String = "en") throws {
        folder = try temporaryFolder()
        let device = Device(
            version: "1.0", root: folder, clock: clock, keys: keys, surroundings: surroundings, camera: camera,
            gallery: gallery, notices: notices, background: background, network: network)
        app = AppModel(device: device)
        screen = Screen(Root(app: app), language: language, catalog: catalog)
    }

    /// The process ends where it is, without a word to the app, and starts again from the folder and what the system kept of the scene.
    func restart(language: String = "en") async throws {
        try await kill()
        screen = Screen(Root(app: app), language: language, catalog: catalog, kept: screen.kept)
    }

    /// The process ends where it is. The next one has no screen: the system starts it for a sync.
    func kill() async throws {
        screen.close()
        // A process that is killed lets go of its database; here it must be closed by hand, which writes nothing.
        try? await app.journal?.daka.closeDown()
        app = AppModel(device: app.device)
    }

    /// By the person's own taps: the code typed, the employer looked at, joined, everything agreed to.
    func enrol(_ code: String? = nil) async throws {
        try await join(try code ?? Server.shared.get().code())
        for purpose in ["location", "radio", "photo"] { try screen.tap("consent-\(purpose)") }
        try screen.tap("consent-save")
        try await screen.wait(for: "today-punch")
    }

    /// The person opens the app whose process the system had started.
    func show() { screen = Screen(Root(app: app), language: "en", catalog: catalog, kept: screen.kept) }

    /// What waits in each journal, by its profile.
    func queues() async throws -> [String: QueueState] { try await journals { try await $1.queue() } }

    /// What is done with each journal, by its profile. It opens them, so nobody else may have one open.
    func journals<Value: Sendable>(_ work: @MainActor (_ profile: String, DakaClient) async throws -> Value) async throws -> [String: Value] {
        var values: [String: Value] = [:]
        for profile in try await DakaPhone.open(root: folder.path).profiles() {
            let config = DakaConfig(
                folder: profile.folder, sealingKey: Data(repeating: 7, count: 32), appVersion: "1.0", platform: .ios, utcOffsetMin: 480)
            let daka = try await DakaClient.open(config, clock: clock)
            values[profile.id] = try await work(profile.id, daka)
            try await daka.closeDown()
        }
        return values
    }

    /// The code typed, the employer looked at, joined.
    func join(_ code: String) async throws {
        try await screen.wait(for: "enrol-code")
        try screen.type(code, into: "enrol-code")
        try screen.tap("enrol-read")
        try await screen.wait(for: "enrol-join")
        try screen.tap("enrol-join")
        try await screen.wait(for: "consent-location")
    }

    /// Taps the button, looks at the result, closes it.
    func punch() async throws {
        try screen.tap("today-punch")
        try await screen.wait(for: "result-done")
        try screen.tap("result-done")
    }

    /// Everything is signed, nothing is on its way, and the screens show it.
    func settled(sent: Bool) async throws {
        guard let journal = app.journal else { throw Missing("no journal is open") }
        try await journal.daka.settle()
        while true {
            let queue = try await journal.daka.queue()
            let isShown = journal.home?.queue == queue && !journal.isSending
            if isShown && queue.unsigned == 0 && (!sent || queue.waiting == 0) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func open(_ tab: String) throws {
        guard let button = screen.nodes.first(where: { $0.role == .button && $0.label == tab }) else {
            throw Missing("there is no tab \(tab):\n\(screen.outline())")
        }
        try screen.tap(button)
    }
}

final class TestClock: PlatformClock, @unchecked Sendable {
    private let lock = NSLock()
    private var shift: Double = 0
    /// Sets the wall clock forward by so many seconds.
    func set(forward: Double) { lock.withLock { shift += forward } }
    func read() throws -> ClockReading {
        let wall = Date().timeIntervalSince1970 + lock.withLock { shift }
        return ClockReading(
            wallMs: Int64(wall * 1000), offsetMin: 480, elapsedMs: UInt64(ProcessInfo.processInfo.systemUptime * 1000), boot: "test")
    }
}

final class TestKeys: KeySource, @unchecked Sendable {
    private let lock = NSLock()
    private var refuses = false
    private var refused: String?
    private var count = 0
    private(set) var forgotten: [String] = []
    /// The profiles whose keys were asked for.
    private(set) var asked: Set<String> = []
    var isLocked: Bool {
        get { lock.withLock { refuses } }
        set { lock.withLock { refuses = newValue } }
    }
    /// The profile whose key alone is refused.
    var locked: String? {
        get { lock.withLock { refused } }
        set { lock.withLock { refused = newValue } }
    }
    func sealingKey(profile: String) throws -> Data {
        if isLocked || profile == locked { throw PlatformFailure.Refused(reason: "locked") }
        lock.withLock { _ = asked.insert(profile) }
        return Data(repeating: 7, count: 32)
    }
    /// Asked for by nobody but whoever opens the journal.
    func deviceKey(_ profile: String) throws -> (any DeviceKey)? {
        lock.withLock { count += 1 }
        return nil
    }
    /// How often a journal was opened.
    var opened: Int { lock.withLock { count } }
    func forget(_ profile: String) { lock.withLock { forgotten.append(profile) } }
}

@MainActor final class TestSurroundings: Surroundings {
    var access = Access.allowed
    /// What the person answers.
    var answer = Access.allowed
    private(set) var asked = 0
    private(set) var measured = 0
    /// How often positions were read, and the radio.
    private(set) var read = 0
    private(set) var listened = 0
    /// What the phone measures, once it does.
    var fixes: [PositionFix] = [.door]
    private var now: [PositionFix] = []

    func ask() async -> Access {
        asked += 1
        access = answer
        return answer
    }
    func measure(for patience: Duration, radio: Bool) -> AsyncStream<Void> {
        measured += 1
        listened += radio ? 1 : 0
        now = fixes
        return AsyncStream { stream in
            if !now.isEmpty { stream.yield() }
            stream.finish()
        }
    }
    func positions() -> [PositionFix] {
        read += 1
        return now
    }
    func radio() -> [RadioSignal]? {
        listened += 1
        return nil
    }
}

@MainActor final class TestCamera: CameraSource {
    var answer = Access.allowed
    var trouble: PhotoTrouble?
    /// A QR code in front of the camera.
    var code: String?
    func ask() async -> Access { answer }
    func viewfinder() -> AnyView { AnyView(Image(systemName: "viewfinder")) }
    func take() async throws(PhotoTrouble) -> URL {
        if let trouble { throw trouble }
        do { return try photograph() } catch { throw .failed }
    }
    func codes() -> AsyncStream<String> {
        AsyncStream { stream in
            if let code { stream.yield(code) }
            stream.finish()
        }
    }
}

@MainActor final class TestGallery: GallerySource {
    var chosen: Result<URL, PhotoTrouble>?
    func chooser(_ label: Text, _ chosen: @escaping @MainActor (Result<URL, PhotoTrouble>) -> Void) -> AnyView {
        AnyView(
            Button {
                if let mine = self.chosen { chosen(mine) }
            } label: {
                label
            })
    }
    func picture(_ bytes: Data) -> Image? { Image(systemName: "photo") }
}

final class TestNotices: NoticeSource, @unchecked Sendable {
    private let lock = NSLock()
    private var state = (access: Access.notAsked, answer: Access.allowed, asked: 0, planned: [String: [Notice]]())
    var asked: Int { lock.withLock { state.asked } }
    var answer: Access {
        get { lock.withLock { state.answer } }
        set { lock.withLock { state.answer = newValue } }
    }
    var planned: [String: [Notice]] { lock.withLock { state.planned } }
    func access() async -> Access { lock.withLock { state.access } }
    func ask() async -> Access {
        lock.withLock {
            (state.access, state.asked) = (state.answer, state.asked + 1)
            return state.answer
        }
    }
    func plan(_ notices: [Notice], of profile: String) async { lock.withLock { state.planned[profile] = notices } }
}

@MainActor final class TestBackground: BackgroundSource {
    private(set) var finished: [String] = []
    private(set) var wakes: [Date?] = []
    func finish(_ name: String, _ work: @escaping @Sendable () async -> Void) async {
        await work()
        finished.append(name)
    }
    func wake(after: Date?) { wakes.append(after) }
}

final class TestNetwork: NetworkSource, @unchecked Sendable {
    private let lock = NSLock()
    private var times: [AsyncStream<Void>.Continuation] = []
    private var networks: [AsyncStream<NetworkState>.Continuation] = []
    private var state = NetworkState.free
    func states() -> AsyncStream<NetworkState> {
        AsyncStream { stream in
            lock.withLock {
                networks.append(stream)
                stream.yield(state)
            }
        }
    }
    /// Another network, or none.
    func become(_ network: NetworkState) {
        lock.withLock {
            state = network
            networks.forEach { $0.yield(state) }
        }
    }
    func timeChanges() -> AsyncStream<Void> {
        AsyncStream { stream in lock.withLock { times.append(stream) } }
    }
    func changeTime() { lock.withLock { times }.forEach { $0.yield() } }
}

extension PositionFix {
    /// At the site's door, half a second ago.
    static let door = PositionFix(
        latitude: Server.latitude, longitude: Server.longitude, accuracyM: 8, ageMs: 500, provider: .fused, mock: false, precise: true)
    /// 0.0107° of latitude to the north: about 1190 m away.
    static let away = PositionFix(
        latitude: 22.2900, longitude: Server.longitude, accuracyM: 8, ageMs: 500, provider: .fused, mock: false, precise: true)
}

/// A photograph of the repository's, as a file of its own.
func photograph() throws -> URL {
    let from = here.appendingPathComponent("../../../core/src/domain/photo/testdata/baseline-16x9.jpg")
    let to = try temporaryFolder().appendingPathComponent("photo.jpg")
    try FileManager.default.copyItem(at: from, to: to)
    return to
}
