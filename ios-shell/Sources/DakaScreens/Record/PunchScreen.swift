import Daka
import SwiftUI

/// One punch: its time as an interval, its place, its photos, its receipt, and why each of them is what it is.
struct PunchScreen: View {
    let journal: Journal
    let punch: String

    var body: some View {
        Reading(journal: journal) { try await $0.punchDetail(punch) } content: { detail in
            List {
                Section { PunchRow(line: detail.line).called("punch-head") }
                rows(say("record.time")) {
                    detail.word.sentence.called("punch-word")
                    times(detail)
                }
                if let place = detail.line.place { self.place(place, detail) }
                if !detail.whys.isEmpty { rows(say("common.why")) { sentences(detail.whys) } }
                if !detail.visits.isEmpty { rows(say("record.visit")) { lines(detail.visits) } }
                if !detail.notes.isEmpty { rows(say("record.notes")) { lines(detail.notes) } }
                if !detail.photos.isEmpty { rows(say("record.photos")) { photos(detail.photos) } }
                if !detail.signals.isEmpty {
                    rows(say("record.signals"), footer: say("record.signals_note")) { ForEach(detail.signals, id: \.self) { $0.sentence } }
                }
                rows(say("record.receipt")) { proof(detail) }
            }
        }
        .navigationTitle(say("record.punch"))
    }

    /// The interval in which the punch lies: as a bar, and its ends in words.
    @ViewBuilder private func times(_ detail: PunchDetail) -> some View {
        let time = { (ms: Int64) in Moment(ms: ms, offsetMin: detail.line.offsetMin).timeWithSeconds }
        let (earliest, latest) = (detail.interval.earliestMs.map(time), detail.interval.latestMs.map(time))
        let wall = time(detail.line.wallMs)
        let bar = detail.bar.map { TimeBar(bar: $0) }
        switch (earliest, latest) {
        case (let earliest?, let latest?):
            bar.accessibilityLabel(say("a11y.interval \(earliest) \(latest) \(wall)"))
            say("record.interval \(earliest) \(latest)").called("punch-interval")
        default:
            bar.accessibilityLabel(say("a11y.interval_open \(wall)"))
            if let earliest { say("record.not_before \(earliest)") }
            if let latest { say("record.not_after \(latest)") }
        }
        say("record.phone_clock \(wall)")
    }

    private func place(_ place: PlaceState, _ detail: PunchDetail) -> some View {
        rows(say("record.place")) {
            verdictLabel(place, detail.siteName).called("punch-verdict")
            if let drawing = detail.drawing { PlacePicture(drawing: drawing, verdict: place.verdict, site: detail.siteName) }
        }
    }

    /// The person's own words.
    private func lines(_ lines: [String]) -> some View { ForEach(lines.indices, id: \.self) { Text(verbatim: lines[$0]) } }

    private func photos(_ photos: [PhotoInfo]) -> some View {
        ForEach(photos.indices, id: \.self) { index in
            PhotoRow(journal: journal, digest: photos[index].digest, number: index + 1, of: photos.count)
            say("record.photo_code \(photos[index].shortCode)")
            photos[index].capturedInApp ? say("record.photo_in_app") : say("record.photo_gallery")
            photos[index].state.sentence
        }
    }

    @ViewBuilder private func proof(_ detail: PunchDetail) -> some View {
        if let receipt = detail.receipt {
            say("record.received_at \(Moment(ms: receipt.receivedMs, offsetMin: detail.line.offsetMin).dayAndTime)")
                .called("punch-received")
            say("record.log_place \(Int(receipt.logIndex)) \(Int(receipt.treeSize))")
        } else {
            say("record.no_receipt").called("punch-no-receipt")
        }
        fact(say("record.signature"), detail.signature.sentence)
        ExportRow(identifier: "punch-export", words: say("record.export_punch"), name: "\(punch.prefix(8)).daka") {
            try await journal.daka.export(punches: [punch], path: $0)
        }
    }
}

private struct TimeBar: View {
    let bar: IntervalBar

    var body: some View {
        Canvas { context, size in
            func part(_ from: Double, _ to: Double, _ height: Double) -> Path {
                Path(CGRect(x: from, y: (size.height - height) / 2, width: max(2, to - from), height: height))
            }
            let wall = bar.wallF * size.width
            context.fill(part(0, size.width, 6), with: .style(.quaternary))
            context.fill(part(bar.earliestF * size.width, bar.latestF * size.width, 12), with: .style(.tint))
            context.fill(part(wall - 1, wall + 1, 24), with: .style(.primary))
        }
        .frame(minHeight: 32)
        .called("punch-bar")
    }
}
