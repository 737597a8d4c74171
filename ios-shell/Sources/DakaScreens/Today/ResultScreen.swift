import Daka
import SwiftUI

/// What came of a tap: the time, the place while it is measured, and where the punch stands, from "kept on this phone" to "received".
struct ResultScreen: View {
    let journal: Journal
    let made: TodayModel.Made
    @Binding var note: String
    @State private var wasNoted = false
    @State private var isTaking = false
    @State private var policy: FieldPolicy?
    @State private var trouble = Trouble()
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            List {
                what
                if let place = made.place { position(place) }
                evidence
                add
            }
            .ends(made.result.repeated ? say("result.repeated") : say("result.title"), "result-done", say("common.done")) { dismiss() }
        }
        .presentationDetents([.medium, .large])
        .tells(trouble)
        .task { policy = try? await journal.daka.fieldPolicy() }
        .fullScreenCover(isPresented: $isTaking) {
            PhotoScreen(journal: journal) { file, capture in
                let photo = try await journal.daka.adoptPhoto(path: file.path, capture: capture)
                try await journal.daka.addPhotos([photo.digest], to: made.id)
                Task { await journal.syncQuietly() }
            }
        }
    }

    private var what: some View {
        Section {
            HStack(alignment: .firstTextBaseline) {
                say("result.kept \(made.result.asked.sentence) \(moment.timeWithSeconds)").font(.title).monospacedDigit()
                Text(verbatim: moment.zoneName)
            }
            .accessibilityElement(children: .combine)
            .called("result-time")
            state.label.accessibilityLabel(spoken).accessibilityAddTraits(.updatesFrequently).called("result-state")
        }
    }

    private func position(_ place: PlaceState) -> some View {
        rows(say("today.place"), footer: made.isMeasuring ? say("result.measuring_more") : nil) {
            if made.isMeasuring { ProgressView { say("result.measuring") }.called("result-measuring") }
            PlaceLines(place: place, site: made.site)
        }
    }

    private var evidence: some View {
        rows(say("result.evidence")) {
            made.result.word.sentence.called("result-word")
            ForEach(made.result.leftOut.indices, id: \.self) { say("result.left_out \(made.result.leftOut[$0].code.sentence)") }
        }
    }

    private var add: some View {
        Section {
            TextField(text: $note, axis: .vertical) { say("result.add_note") }.called("result-note")
            tap("result-keep", say("common.save")) { Task { await keepNote() } }.disabled(note.isEmpty)
            if wasNoted { StateLabel(say("result.note_kept"), "checkmark", .good).called("result-noted") }
            if policy?.camera == true { tap("result-photo", say("result.add_photo"), "camera") { isTaking = true } }
        }
    }

    private var moment: Moment { Moment(ms: made.result.wallMs, offsetMin: made.result.offsetMin) }

    /// Where it stands now: the home state's line of this punch.
    private var state: PunchState { journal.home?.recent.first { $0.id == made.id }?.state ?? .waiting }

    private var spoken: Text {
        state == .received ? say("a11y.received") : say("a11y.kept \(made.result.asked.sentence) \(moment.timeWithSeconds)")
    }

    private func keepNote() async {
        await trouble.attempt {
            try await journal.daka.addNote(note, visit: nil, to: made.id)
            (note, wasNoted) = ("", true)
            await journal.syncQuietly()
        }
    }
}
