import Daka
import SwiftUI

/// One punch: its time as an interval, its place, its photos, its receipt, and why each of them is what it is.
struct PunchScreen: View {
    let journal: Journal
    let gallery: any GallerySource
    @State private var model: PunchModel

    init(journal: Journal, gallery: any GallerySource, punch: String) {
        self.journal = journal
        self.gallery = gallery
        _model = State(initialValue: PunchModel(journal: journal, punch: punch))
    }

    var body: some View {
        List {
            if let detail = model.detail {
                head(detail)
                place(detail)
                if !detail.whys.isEmpty { why(detail) }
                added(detail)
                if !detail.signals.isEmpty { signals(detail) }
                proof(detail)
            }
        }
        .navigationTitle(say("record.punch"))
        .task(id: journal.changes) { await model.load() }
        .tells($model.problem)
    }

    @ViewBuilder private func head(_ detail: PunchDetail) -> some View {
        Section {
            PunchRow(line: detail.line).accessibilityElement(children: .combine).accessibilityIdentifier("punch-head")
        }
        Section {
            detail.word.sentence.accessibilityIdentifier("punch-word")
            TimeLines(detail: detail)
        } header: {
            say("record.time")
        }
    }

    @ViewBuilder private func place(_ detail: PunchDetail) -> some View {
        if let place = detail.line.place {
            Section {
                VerdictLabel(place: place, site: detail.siteName).accessibilityIdentifier("punch-verdict")
                if let drawing = detail.drawing {
                    PlacePicture(drawing: drawing, verdict: place.verdict, site: detail.siteName)
                }
            } header: {
                say("record.place")
            }
        }
    }

    private func why(_ detail: PunchDetail) -> some View {
        Section {
            ForEach(detail.whys.indices, id: \.self) { WhyText(why: detail.whys[$0]) }
        } header: {
            say("common.why")
        }
    }

    @ViewBuilder private func added(_ detail: PunchDetail) -> some View {
        if !detail.visits.isEmpty {
            Section {
                ForEach(detail.visits.indices, id: \.self) { Text(verbatim: detail.visits[$0]) }
            } header: {
                say("record.visit")
            }
        }
        if !detail.notes.isEmpty {
            Section {
                ForEach(detail.notes.indices, id: \.self) { Text(verbatim: detail.notes[$0]) }
            } header: {
                say("record.notes")
            }
        }
        if !detail.photos.isEmpty {
            Section {
                ForEach(detail.photos.indices, id: \.self) { index in
                    let photo = detail.photos[index]
                    PhotoRow(
                        journal: journal, gallery: gallery, digest: photo.digest, number: index + 1, of: detail.photos.count)
                    say("record.photo_code \(photo.shortCode)")
                    photo.capturedInApp ? say("record.photo_in_app") : say("record.photo_gallery")
                    photo.state.sentence
                }
            } header: {
                say("record.photos")
            }
        }
    }

    private func signals(_ detail: PunchDetail) -> some View {
        Section {
            ForEach(detail.signals, id: \.self) { $0.sentence }
        } header: {
            say("record.signals")
        } footer: {
            say("record.signals_note")
        }
    }

    private func proof(_ detail: PunchDetail) -> some View {
        Section {
            if let receipt = detail.receipt {
                let moment = Moment(ms: receipt.receivedMs, offsetMin: detail.line.offsetMin)
                say("record.received_at \(moment.dayAndTime)").accessibilityIdentifier("punch-received")
                say("record.log_place \(Int(receipt.logIndex)) \(Int(receipt.treeSize))")
            } else {
                say("record.no_receipt").accessibilityIdentifier("punch-no-receipt")
            }
            LabeledContent {
                detail.signature.sentence
            } label: {
                say("record.signature")
            }
            ExportRows(title: say("record.export_punch"), file: model.exported, identifier: "punch-export") { await model.export() }
        } header: {
            say("record.receipt")
        }
    }
}

/// The interval in which the punch lies: as a bar, and its ends in words.
struct TimeLines: View {
    let detail: PunchDetail

    var body: some View {
        if let bar = detail.bar { TimeBar(bar: bar, spoken: spoken) }
        switch (earliest, latest) {
        case (let earliest?, let latest?): say("record.interval \(earliest) \(latest)").accessibilityIdentifier("punch-interval")
        case (let earliest?, nil): say("record.not_before \(earliest)")
        case (nil, let latest?): say("record.not_after \(latest)")
        case (nil, nil): EmptyView()
        }
        say("record.phone_clock \(wall)")
    }

    private func time(_ ms: Int64) -> Text { Moment(ms: ms, offsetMin: detail.line.offsetMin).timeWithSeconds }
    private var earliest: Text? { detail.interval.earliestMs.map(time) }
    private var latest: Text? { detail.interval.latestMs.map(time) }
    private var wall: Text { time(detail.line.wallMs) }

    private var spoken: Text {
        guard let earliest, let latest else { return say("a11y.interval_open \(wall)") }
        return say("a11y.interval \(earliest) \(latest) \(wall)")
    }
}

struct TimeBar: View {
    let bar: IntervalBar
    let spoken: Text

    var body: some View {
        Canvas { context, size in
            let middle = size.height / 2
            let whole = CGRect(x: 0, y: middle - 3, width: size.width, height: 6)
            context.fill(Path(whole), with: .style(.quaternary))
            let from = bar.earliestF * size.width
            let part = CGRect(x: from, y: middle - 6, width: max(2, bar.latestF * size.width - from), height: 12)
            context.fill(Path(part), with: .style(.tint))
            let wall = CGRect(x: bar.wallF * size.width - 1, y: middle - 12, width: 2, height: 24)
            context.fill(Path(wall), with: .style(.primary))
        }
        .frame(minHeight: 32)
        .accessibilityLabel(spoken)
        .accessibilityIdentifier("punch-bar")
    }
}
