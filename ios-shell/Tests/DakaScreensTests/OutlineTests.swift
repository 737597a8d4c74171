import Daka
import DakaTesting
import Foundation
@_spi(Testing) import SwiftUI
import Testing

@testable import DakaScreens

extension All {
    /// Every screen of an enrolled phone, in each language: what a screen reader meets, as a text that is committed
    /// (`Outlines/…`; DAKA_RECORD=1 writes it anew), and the rules that hold for all of them.
    @MainActor @Suite struct OutlineTests {
        @Test(arguments: languages) func everyScreenIsNamedLargeEnoughAndInItsLanguage(_ language: String) async throws {
            let server = try Server.shared.get()
            try server.start()
            let phone = try Phone(language: language)
            phone.surroundings.access = .notAsked
            try await phone.screen.wait(for: "enrol-code")
            try check(phone, "enrol", language)
            try phone.screen.type(try server.code(), into: "enrol-code")
            try phone.screen.tap("enrol-read")
            try await phone.screen.wait(for: "enrol-join")
            try check(phone, "enrol-check", language)
            try phone.screen.tap("enrol-join")
            try await phone.screen.wait(for: "consent-location")
            try check(phone, "consent", language)
            for purpose in ["location", "radio", "photo"] { try phone.screen.tap("consent-\(purpose)") }
            try phone.screen.tap("consent-save")
            try await phone.screen.wait(for: "today-punch")
            try await phone.screen.wait("the server's time") { phone.app.journal?.home?.word == .verified }
            try await phone.settled(sent: true)
            try check(phone, "today", language)

            try phone.screen.tap("today-punch")
            try await phone.screen.wait("the place") {
                phone.screen.has("place-verdict") && !phone.screen.has("result-measuring")
            }
            try await phone.settled(sent: true)
            try check(phone, "result", language)
            try phone.screen.tap("result-done")
            try phone.screen.tap("place-check")
            try await phone.screen.wait(for: "place-picture")
            try check(phone, "today-after", language)

            server.stop()
            try await Task.sleep(for: .milliseconds(1100))
            try phone.screen.tap("today-punch")
            try await phone.screen.wait(for: "result-done")
            try phone.screen.tap("result-done")
            try await phone.screen.wait(for: "today-waiting")
            try tab(phone, 2)
            try await phone.settled(sent: false)
            try await phone.screen.refresh()
            try await phone.settled(sent: false)
            try await phone.screen.wait("the signature") { !phone.screen.has("waiting-unsigned") }
            try check(phone, "waiting", language)

            try tab(phone, 1)
            let today = try #require(phone.app.journal?.home?.date)
            try await phone.screen.wait(for: "record-\(today)")
            try check(phone, "record", language)
            try phone.screen.tap("record-\(today)")
            try await phone.screen.wait(for: "day-export")
            try check(phone, "day", language)
            try phone.screen.tap(try #require(phone.screen.all("day-line").first))
            try await phone.screen.wait(for: "punch-received")
            try check(phone, "punch", language)

            try tab(phone, 3)
            try await phone.screen.wait(for: "settings-consent")
            try check(phone, "settings", language)
            for (link, ready, isSteady) in [
                ("reminders", "reminder-why", true), ("leave", "leave-do", true), ("keys", "keys-root", false),
                ("licences", "licences-text", false), ("diagnostics", "diagnostics-text", false),
            ] {
                try phone.screen.tap("settings-\(link)")
                try await phone.screen.wait(for: ready)
                try check(phone, link, language, isSteady: isSteady)
                if link == "reminders" {
                    try phone.screen.tap("reminder-add")
                    try await phone.screen.wait(for: "reminder-time")
                    try check(phone, "reminder", language)
                }
                try phone.screen.tap("BackButton")
            }
            try tab(phone, 0)
            try phone.screen.tap("today-field")
            try await phone.screen.wait(for: "field-take")
            try check(phone, "field", language)
            try server.start()
        }

        private func tab(_ phone: Phone, _ index: Int) throws {
            let bar = try #require(phone.screen.nodes.first { $0.role == .toolbar })
            try phone.screen.tap(bar.children[index])
        }

        /// What is not the same in each run, because it is a list of what there is, is held against the rules alone.
        private func check(_ phone: Phone, _ name: String, _ language: String, isSteady: Bool = true) throws {
            let screen = phone.screen
            #expect(screen.missing == [], "\(name) in \(language)")
            #expect(screen.unnamed == [], "\(name) in \(language)")
            #expect(screen.low == [], "\(name) in \(language)")
            #expect(screen.colourAlone == [], "\(name) in \(language)")
            guard isSteady else { return }
            let file = outlines.appendingPathComponent("\(name).\(language).txt")
            let outline = Self.steady(screen.outline())
            if ProcessInfo.processInfo.environment["DAKA_RECORD"] != nil {
                try FileManager.default.createDirectory(at: outlines, withIntermediateDirectories: true)
                try outline.write(to: file, atomically: true, encoding: .utf8)
            } else {
                let golden = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
                #expect(golden == outline, "\(file.lastPathComponent) is not what the screen says; look at it, then record it anew")
            }
        }

        /// What differs from run to run stands as a mark: fingerprints, dates and times, ports, months and figures of drawings.
        static func steady(_ outline: String) -> String {
            var steady = outline
            let month = "(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)"
            let weekday = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|星期[一二三四五六日天])"
            for (pattern, mark) in [
                ("\\b(?:[0-9a-f]{4} ){15}[0-9a-f]{4}\\b", "FINGERPRINT"), ("127\\.0\\.0\\.1:\\d+", "HOST"),
                ("record-\\d{4}-\\d\\d-\\d\\d", "record-DATE"), ("\\d{4}年\\d+月\\d+日|\\d{4}年\\d+月|\\d+月\\d+日", "DATE"),
                ("(?<!toggle \")\(weekday),? ?", ""), ("\(month) \\d{4}", "MONTH"), ("\(month) \\d+", "DATE"), ("(?<!toggle \") ?\(weekday)", ""),
                ("\\d\\d:\\d\\d:\\d\\d", "TIME"), ("\\d\\d:\\d\\d", "TIME"), ("\\d+ (?:ms|s|毫秒|秒)\\b", "SPAN"),
                ("(Entry|第) ?\\d+ ?(of|项，共|項，共|条，共) ?\\d+", "$1 N $2 N"), ("\\d+ (waiting to be sent|条待上传|項待上載)", "N $1"), ("(button \"(?:Waiting|待上传|待上載)\" =) \\d+", "$1 N"),
                ("= fill .*#punch-bar", "= BAR #punch-bar"),
            ] {
                steady = steady.replacingOccurrences(of: pattern, with: mark, options: .regularExpression)
            }
            // A month is as long as it is: one day stands for all of them that have no punch.
            var seen: Set<String> = []
            return steady.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
                guard line.contains("#record-DATE") || line.hasPrefix("    group \"DATE") else { return true }
                let kind = line.replacingOccurrences(of: "\\d+", with: "N", options: .regularExpression)
                return seen.insert(kind).inserted
            }.joined(separator: "\n")
        }

        private var outlines: URL {
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Outlines")
        }
    }
}
