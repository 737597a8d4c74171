import Daka
import SwiftUI

/// What came of a tap: the time, the place while it is measured, and where the punch stands, from "kept on this phone" to "received".
struct ResultScreen: View {
    let app: AppModel
    let journal: Journal
    let made: TodayModel.Made
    @State private var note = ""
    @State private var wasNoted = false
    @State private var isTaking = false
    @State private var capture: String?
    @State private var policy: FieldPolicy?
    @State private var problem: Problem?
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            List {
                what
                place
                evidence
                add
            }
            .navigationTitle(made.result.repeated ? say("result.repeated") : say("result.title"))
            .navigationBarTitleDisplayMode(.inline)
            .toolbar {
                ToolbarItem(placement: .confirmationAction) {
                    Button { dismiss() } label: { say("common.done") }.accessibilityIdentifier("result-done")
                }
            }
        }
        .presentationDetents([.medium, .large])
        .tells($problem)
        .task { policy = try? await journal.daka.fieldPolicy() }
        .fullScreenCover(isPresented: $isTaking) {
            PhotoScreen(camera: app.device.camera) {
                capture = try? await journal.daka.beginCapture()
            } taken: {
                await keep(photo: $0)
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
            .accessibilityIdentifier("result-time")
            StateLabel(words: state.sentence, symbol: state.symbol, tone: state.tone)
                .accessibilityLabel(spoken)
                .accessibilityAddTraits(.updatesFrequently)
                .accessibilityIdentifier("result-state")
        }
    }

    @ViewBuilder private var place: some View {
        if let place = made.place {
            Section {
                if made.isMeasuring {
                    ProgressView { say("result.measuring") }.accessibilityIdentifier("result-measuring")
                }
                PlaceLines(place: place, site: made.site)
            } header: {
                say("today.place")
            } footer: {
                if made.isMeasuring { say("result.measuring_more") }
            }
        }
    }

    private var evidence: some View {
        Section {
            made.result.word.sentence.accessibilityIdentifier("result-word")
            ForEach(made.result.leftOut.indices, id: \.self) { say("result.left_out \(made.result.leftOut[$0].code.sentence)") }
        } header: {
            say("result.evidence")
        }
    }

    private var add: some View {
        Section {
            TextField(text: $note, axis: .vertical) { say("result.add_note") }.accessibilityIdentifier("result-note")
            Button {
                Task { await keepNote() }
            } label: {
                say("common.save")
            }
            .disabled(note.isEmpty)
            .accessibilityIdentifier("result-keep")
            if wasNoted {
                StateLabel(words: say("result.note_kept"), symbol: "checkmark", tone: .good).accessibilityIdentifier("result-noted")
            }
            if policy?.camera == true {
                Button {
                    isTaking = true
                } label: {
                    Label { say("result.add_photo") } icon: { Image(systemName: "camera") }
                }
                .accessibilityIdentifier("result-photo")
            }
        }
    }

    private var moment: Moment { Moment(ms: made.result.wallMs, offsetMin: made.result.offsetMin) }

    /// Where it stands now: the home state's line of this punch.
    private var state: PunchState { journal.home?.recent.first { $0.id == made.id }?.state ?? .waiting }

    private var spoken: Text {
        state == .received ? say("a11y.received") : say("a11y.kept \(made.result.asked.sentence) \(moment.timeWithSeconds)")
    }

    private func keep(photo file: URL) async {
        defer { try? FileManager.default.removeItem(at: file) }
        do {
            let photo = try await journal.daka.adoptPhoto(path: file.path, capture: capture)
            try await journal.daka.addPhotos([photo.digest], to: made.id)
            await journal.syncQuietly()
        } catch {
            problem = Problem(error)
        }
    }

    private func keepNote() async {
        do {
            try await journal.daka.addNote(note, visit: nil, to: made.id)
            note = ""
            wasNoted = true
            await journal.syncQuietly()
        } catch {
            problem = Problem(error)
        }
    }
}
