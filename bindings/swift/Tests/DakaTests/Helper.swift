import Foundation

/// A process that has punched in this folder and holds it.
final class Helper {
    let punch: String
    private let process = Process()

    init(folder: URL) throws {
        let output = Pipe()
        process.executableURL = try Self.program()
        process.arguments = [folder.path]
        process.standardOutput = output
        try process.startWithKey()
        guard let line = output.fileHandleForReading.line() else { throw Missing("the helper did not punch; see above") }
        punch = line
    }

    deinit { kill() }

    /// As the system does it: without a word.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// It lies where the tests lie.
    fileprivate static func program() throws -> URL {
        #if canImport(Darwin)
            let tests = Bundle(for: Helper.self).bundleURL
        #else
            // `Bundle.allBundles` of Swift 6.0.3 on Linux crashes.
            let tests = URL(fileURLWithPath: CommandLine.arguments[0])
        #endif
        let program = tests.deletingLastPathComponent().appendingPathComponent("daka-kill-helper")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw Missing("\(program.path) was not built")
        }
        return program
    }
}

/// The helper over a folder that it sees as a disk of its own, in a mount namespace that ends with it. Linux alone has those, and
/// gives them to root.
enum Disk {
    /// A small one, empty at first.
    static let small = #"mount -t tmpfs -o size=3m,mode=700 daka "$0""#
    /// The folder as it is, and nothing can be written to it.
    static let readOnly = #"mount --bind "$0" "$0"; mount -o remount,ro,bind "$0" "$0""#

    static let isPossible = (try? run(["--mount"] + propagation + ["true"])) != nil

    /// What the helper says with these arguments, line by line. Its journal is in `folder` itself, or at `path` in it.
    static func helper(on disk: String, _ folder: URL, at path: String? = nil, _ arguments: String...) throws -> [String] {
        let enter = disk + #"; exec "$@""#
        let program = try Helper.program().path
        let said = try run(
            ["--mount"] + propagation + ["sh", "-euc", enter, folder.path, program, path ?? folder.path] + arguments)
        return said.split(separator: "\n").map(String.init)
    }

    /// In a tree that is entered by chroot nothing can be made private; the tests' own tree is private as a whole.
    private static let propagation: [String] = {
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? " shared:"
        return ["--propagation", mounts.contains(" shared:") ? "private" : "unchanged"]
    }()

    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = arguments
        process.standardOutput = output
        try process.startWithKey()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Missing("the helper ended with \(process.terminationStatus)") }
        return String(decoding: said, as: UTF8.self)
    }
}

extension Process {
    /// Starts it and writes the tests' sealing key to its input.
    fileprivate func startWithKey() throws {
        let input = Pipe()
        standardInput = input
        try run()
        let key = Phone.key.map { String(format: "%02x", $0) }.joined()
        // One that has ended reads nothing: that is an error of the call, and must not end the tests.
        signal(SIGPIPE, SIG_IGN)
        try? input.fileHandleForWriting.write(contentsOf: Data("\(key)\n".utf8))
        try? input.fileHandleForWriting.close()
    }
}
