import Foundation

/// The real server, as a process of its own over a folder of its own: one employer with the employee `e1` and one site.
///
/// It is used from one test at a time.
final class Server: @unchecked Sendable {
    /// The one that all tests share: making another costs a second.
    static let shared = Result { try Server() }

    /// The door of the site: a circle of 100 m.
    static let latitude = 22.2793
    static let longitude = 114.1628

    let rootPem: String
    private(set) var url = ""
    private let program: URL
    private let data: String
    private var process: Process?

    init(of employer: String = "Acme Ltd") throws {
        guard let program = ProcessInfo.processInfo.environment["DAKA_SERVER"] else {
            throw Missing("DAKA_SERVER is not set: it names the built server; `cargo xtask test --only swift` sets it")
        }
        let url = URL(fileURLWithPath: program)
        let folder = try temporaryFolder()
        func call(_ arguments: String...) throws -> Data { try Self.run(url, arguments, data: folder.path) }
        _ = try call("init")
        struct Added: Decodable { let pem: String }
        let added = try JSONDecoder().decode(Added.self, from: call("tenant", "add", "acme", "--name", employer))
        _ = try call("employee", "add", "e1", "--name", "Employee One")
        _ = try call(
            "site", "add", "Head office", "--lat", "\(Self.latitude)", "--lon", "\(Self.longitude)", "--radius", "100")
        rootPem = try String(contentsOfFile: added.pem, encoding: .utf8)
        (self.program, data) = (url, folder.path)
        try start()
        atexit { (try? Server.shared.get())?.stop() }
    }

    /// Serves, on the port it had before if there was one.
    func start() throws {
        guard process == nil else { return }
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments = ["serve", "--data", data, "--listen", url.isEmpty ? "127.0.0.1:0" : String(url.dropFirst(7))]
        process.environment = ["DAKA_LOG": "error"]
        process.standardOutput = output
        try process.run()
        self.process = process
        let said = "listening on "
        guard let line = output.fileHandleForReading.line(), line.hasPrefix(said) else {
            throw Missing("the server does not listen; see above")
        }
        url = String(line.dropFirst(said.count))
    }

    /// Stops serving, as a power cut does. (On Linux a child of Foundation inherits the blocked signals of the thread that started it,
    /// so SIGTERM would not be heard.)
    func stop() {
        guard let process else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// Takes requests and answers none, until it is resumed. (Foundation's own `suspend` and `resume` count, also below zero.)
    func suspend() { signal(SIGSTOP) }
    func resume() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        if let process { kill(process.processIdentifier, number) }
    }

    /// The text of a new enrolment code for `e1`.
    func code() throws -> String { try code(of: "e1") }

    /// The text of a code for somebody else.
    func code(named name: String) throws -> String {
        let employee = UUID().uuidString
        _ = try run("employee", "add", employee, "--name", name)
        return try code(of: employee)
    }

    /// The text of a code that is no longer valid: the administrator recorded that its employee left.
    func expiredCode() throws -> String {
        let employee = UUID().uuidString
        _ = try run("employee", "add", employee, "--name", "Employee Two")
        let code = try code(of: employee)
        _ = try run("employee", "leave", employee)
        return code
    }

    /// What a person types where nothing can be scanned: the server's address and eight characters.
    func typedCode() throws -> String {
        struct Code: Decodable { let typed: String }
        return try JSONDecoder().decode(Code.self, from: run("code", "new", "--employee", "e1", "--url", url, "--short")).typed
    }

    /// Approves a phone by its key's fingerprint, which the administrator compared.
    func approve(_ device: String) throws {
        _ = try run("device", "approve", device)
    }

    private func code(of employee: String) throws -> String {
        struct Code: Decodable { let text: String }
        return try JSONDecoder().decode(Code.self, from: run("code", "new", "--employee", employee, "--url", url)).text
    }

    /// What the server makes of the punches with these ids: asked for, place verdict, time word.
    func results(_ ids: [String]) throws -> [String: Judged] {
        struct Row: Decodable {
            struct Place: Decodable { let verdict: String }
            struct Time: Decodable { let word: String }
            let punch: String
            let asked: String
            let place: Place?
            let time: Time?
        }
        let rows = try JSONDecoder().decode([Row].self, from: run("results"))
        let judged = rows.map { ($0.punch, Judged(asked: $0.asked, verdict: $0.place?.verdict, word: $0.time?.word)) }
        return Dictionary(uniqueKeysWithValues: judged).filter { ids.contains($0.key) }
    }

    struct Judged: Equatable {
        let asked: String
        let verdict: String?
        let word: String?
    }

    private func run(_ arguments: String...) throws -> Data { try Self.run(program, arguments, data: data) }

    private static func run(_ program: URL, _ arguments: [String], data: String) throws -> Data {
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments = arguments + ["--json", "--data", data]
        process.standardOutput = output
        try process.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Missing("daka-server \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
        return answer
    }
}

/// What a test cannot do without.
struct Missing: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A new folder that is gone when the tests are over.
func temporaryFolder() throws -> URL {
    let folder = temporaryRoot.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

private let temporaryRoot: URL = {
    atexit { try? FileManager.default.removeItem(at: temporaryRoot) }
    return FileManager.default.temporaryDirectory.appendingPathComponent("daka-tests-\(UUID().uuidString)")
}()

extension FileHandle {
    /// The next line, without waiting for more than that.
    func line() -> String? {
        var line = Data()
        while let byte = try? read(upToCount: 1), byte.count == 1 {
            if byte == Data("\n".utf8) { return String(decoding: line, as: UTF8.self) }
            line += byte
        }
        return nil
    }
}
