import Daka
import SwiftUI

/// Where the phone is, as far as it is known: the verdict in words, a drawing, what would make it certain, and what keeps the phone from
/// measuring. Nothing here stands in the way of a punch.
struct PlaceSection: View {
    let model: TodayModel
    let home: HomeState
    @Environment(\.openURL) private var openURL

    var body: some View {
        Section {
            if !home.locationConsent {
                VerdictReason.noConsent.sentence.accessibilityIdentifier("place-no-consent")
            } else {
                known
                blocked
                if model.isChecking {
                    ProgressView { say("today.place_measuring") }
                } else {
                    Button {
                        Task { await model.check() }
                    } label: {
                        Label { say("today.place_check") } icon: { Image(systemName: "location") }
                    }
                    .accessibilityIdentifier("place-check")
                }
            }
        } header: {
            say("today.place")
        }
    }

    @ViewBuilder private var known: some View {
        if let precheck = model.precheck {
            PlaceLines(place: precheck.place, site: precheck.siteName)
            if let drawing = precheck.drawing {
                PlacePicture(drawing: drawing, verdict: precheck.place.verdict, site: precheck.siteName)
            }
        } else {
            say("today.place_not_read")
        }
    }

    @ViewBuilder private var blocked: some View {
        switch model.access {
        case .allowed: EmptyView()
        case .notAsked: model.access.says(of: .location)
        case .approximate, .refused, .restricted, .off, .missing:
            model.access.says(of: .location)
                .accessibilityIdentifier("place-access")
            if model.access == .refused || model.access == .approximate || model.access == .off {
                Button {
                    if let settings = Device.systemSettings { openURL(settings) }
                } label: {
                    say("common.open_settings")
                }
                .accessibilityIdentifier("place-settings")
            }
        }
    }
}

/// The place in words: the verdict, how far and how sure, why, and what would make it certain.
struct PlaceLines: View {
    let place: PlaceState
    let site: String?

    var body: some View {
        VerdictLabel(place: place, site: site).accessibilityIdentifier("place-verdict")
        if let distance = place.distanceMm, let sigma = place.sigmaMm {
            let length = say("common.metres \(Int(abs(distance) / 1000))")
            let accuracy = say("common.metres \(Int(sigma / 1000))")
            distance < 0
                ? say("today.distance_inside \(length) \(accuracy)") : say("today.distance_outside \(length) \(accuracy)")
        }
        ForEach(place.reasons, id: \.self) { $0.sentence }
        if let help = place.help { help.sentence.accessibilityIdentifier("place-help") }
    }
}

/// The verdict in words, with the site's name.
struct VerdictLabel: View {
    let place: PlaceState
    let site: String?

    var body: some View {
        StateLabel(words: words, symbol: place.verdict.symbol, tone: place.verdict.tone)
    }

    private var words: Text {
        guard let site, place.verdict != .notEvaluated else { return place.verdict.sentence }
        return say("today.site \(site) \(place.verdict.sentence)")
    }
}

extension Verdict {
    var symbol: String {
        switch self {
        case .inside: "mappin.and.ellipse"
        case .outside: "mappin.slash"
        case .uncertain: "questionmark.circle"
        case .notEvaluated: "location.slash"
        }
    }
    var tone: Tone {
        switch self {
        case .inside: .good
        case .outside, .uncertain, .notEvaluated: .wait
        }
    }
}

/// Fence and fixes in local metres, north up, without a map. The words beside it say the same.
struct PlacePicture: View {
    let drawing: PlaceDrawing
    let verdict: Verdict
    let site: String?
    @Environment(\.colorScheme) private var scheme

    var body: some View {
        Canvas { context, size in
            let scale = min(size.width, size.height) / drawing.spanM
            func circle(_ x: Double, _ y: Double, _ radius: Double) -> Path {
                let center = CGPoint(x: size.width / 2 + x * scale, y: size.height / 2 - y * scale)
                let length = radius * scale
                return Path(
                    ellipseIn: CGRect(x: center.x - length, y: center.y - length, width: 2 * length, height: 2 * length))
            }
            for shape in drawing.shapes {
                let area = circle(shape.xM, shape.yM, shape.radiusM)
                context.fill(area, with: .color(Tone.good.color(scheme).opacity(shape.chosen ? 0.2 : 0.08)))
                context.stroke(area, with: .color(Tone.good.color(scheme)), lineWidth: shape.chosen ? 2 : 1)
            }
            for fix in drawing.fixes {
                let dot = 4 / scale
                if let accuracy = fix.accuracyM {
                    let style = StrokeStyle(lineWidth: 1, dash: [4, 3])
                    context.stroke(circle(fix.xM, fix.yM, accuracy), with: .style(.tint), style: style)
                }
                context.fill(circle(fix.xM, fix.yM, fix.chosen ? dot : dot / 2), with: .style(.tint))
            }
        }
        .aspectRatio(1.6, contentMode: .fit)
        .accessibilityLabel(spoken)
        .accessibilityIdentifier("place-picture")
    }

    private var spoken: Text {
        guard let site, !drawing.fixes.isEmpty else { return say("a11y.drawing_no_fix") }
        switch verdict {
        case .inside: return say("a11y.drawing_inside \(site)")
        case .outside: return say("a11y.drawing_outside \(site)")
        case .uncertain: return say("a11y.drawing_uncertain \(site)")
        case .notEvaluated: return say("a11y.drawing_no_fix")
        }
    }
}
