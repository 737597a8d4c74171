// Opens a folder, punches, says the punch's id on a line, and waits to be killed: the other process of the kill test.
//
// daka-kill-helper FOLDER: 32 bytes of the sealing key come in hexadecimal on standard input.

import Daka
import Foundation

guard let folder = CommandLine.arguments.dropFirst().first, let hex = readLine(), hex.count == 64 else { exit(2) }
let key = stride(from: 0, to: 64, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
let daka = try await DakaClient.open(
    DakaConfig(folder: folder, sealingKey: Data(key), appVersion: "1.0", platform: .other, utcOffsetMin: 480))
let punch = try await daka.punch(PunchRequest(asked: .out, shown: .out, trigger: .tap, presence: .none))
FileHandle.standardOutput.write(Data("\(punch.id)\n".utf8))
while true { try await Task.sleep(for: .seconds(60)) }
