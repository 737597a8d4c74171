// A phone in a process of its own, for the tests. The 32 bytes of the sealing key come in hexadecimal on standard input.
//
// daka-kill-helper FOLDER: opens, punches, says the punch's id on a line, and waits to be killed.
// daka-kill-helper FOLDER open: opens, and says the code of the failure.
// daka-kill-helper FOLDER fill CODE: enrols, punches until that fails, makes room, goes on, and says on a line each: the failure of
//     the punch; the failure of an export; the ids that were answered; the ids that are there after opening again; what waits.

import Daka
import Foundation

let arguments = CommandLine.arguments.dropFirst()
guard let folder = arguments.first, let hex = readLine(), hex.count == 64 else { exit(2) }
let key = stride(from: 0, to: 64, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }

func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

func open() async throws -> DakaClient {
    try await DakaClient.open(
        DakaConfig(folder: folder, sealingKey: Data(key), appVersion: "1.0", platform: .other, utcOffsetMin: 480))
}

func code(_ call: () async throws -> Void) async -> String {
    do {
        try await call()
        return "none"
    } catch let error as DakaError {
        return error.code.text
    } catch {
        return "\(error)"
    }
}

switch arguments.dropFirst().first {
case "open":
    say(await code { try await open().closeDown() })
case "fill":
    // Room that is made later.
    let ballast = folder + "/ballast"
    guard FileManager.default.createFile(atPath: ballast, contents: Data(count: 1_000_000)) else { exit(3) }
    let daka = try await open()
    try await daka.enrol(arguments.dropFirst(2).first ?? "")
    let request = PunchRequest(asked: .auto, shown: .auto, trigger: .automatic, presence: .none)
    var answered: [String] = []
    // More than any disk of a test holds.
    say(await code { for _ in 0..<100_000 { answered.append(try await daka.punch(request).id) } })
    say(await code { try await daka.export(ExportRange(), path: folder + "/bundle.daka") })
    try FileManager.default.removeItem(atPath: ballast)
    answered.append(try await daka.punch(request).id)
    try await daka.closeDown()
    let again = try await open()
    say(answered.joined(separator: ","))
    say(try await again.punches(limit: .max).reversed().map(\.id).joined(separator: ","))
    say("\(try await again.sync(SyncOptions(pace: .foreground, now: true)).waiting)")
    try await again.closeDown()
default:
    let punch = try await open().punch(PunchRequest(asked: .out, shown: .out, trigger: .tap, presence: .none))
    say(punch.id)
    while true { try await Task.sleep(for: .seconds(60)) }
}
