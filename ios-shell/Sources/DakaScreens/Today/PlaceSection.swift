import Daka
import SwiftUI

/// Where the phone is, as far as it is known: the verdict in words, a drawing, what would make it certain, and what keeps the phone from
/// measuring. Nothing here stands in the way of a punch.
struct PlaceSection: View {
    let model: TodayModel
    let home: HomeState

    var body: some View {
        rows(say("today.place")) {
            if !home.locationConsent {
                VerdictReason.noConsent.sentence.called("place-no-consent")
            } else {
                known
                blocked
                if model.isChecking {
                    ProgressView { say("today.place_measuring") }
                } else {
                    tap("place-check", say("today.place_check"), "location") { Task { await model.check() } }
                }
            }
        }
    }

    @ViewBuilder private var known: some View {
        if let precheck = model.precheck {
            PlaceLines(place: precheck.place, site: precheck.siteName)
            if let drawing = precheck.drawing { PlacePicture(drawing: drawing, verdict: precheck.place.verdict, site: precheck.siteName) }
        } else {
            say("today.place_not_read")
        }
    }

    @ViewBuilder private var blocked: some View {
        if model.access != .allowed { model.access.says(of: .location).called("place-access") }
        if [.refused, .approximate, .off].contains(model.access) { SettingsTap(identifier: "place-settings") }
    }
}

/// The place in words: the verdict, how far and how sure, why, and what would make it certain.
struct PlaceLines: View {
    let place: PlaceState
    let site: String?

    var body: some View {
        verdictLabel(place, site).called("place-verdict")
        if let distance = place.distanceMm, let sigma = place.sigmaMm {
            let (length, accuracy) = (inMetres(Double(abs(distance)) / 1000), inMetres(Double(sigma) / 1000))
            distance < 0 ? say("today.distance_inside \(length) \(accuracy)") : say("today.distance_outside \(length) \(accuracy)")
        }
        // A simulated position has a next step that is the phone's.
        ForEach(place.reasons, id: \.self) { $0 == .mockFix ? say("refusals.mock_location") : $0.sentence }
        if let help = place.help { help.sentence.called("place-help") }
    }
}

/// The verdict in words, with the site's name.
@MainActor func verdictLabel(_ place: PlaceState, _ site: String?) -> StateLabel {
    let words = place.verdict.sentence
    let named = site.map { say("today.site \($0) \(words)") } ?? words
    return switch place.verdict {
    case .inside: StateLabel(named, "mappin.and.ellipse", .good)
    case .outside: StateLabel(named, "mappin.slash", .wait)
    case .uncertain: StateLabel(named, "questionmark.circle", .wait)
    case .notEvaluated: StateLabel(words, "location.slash", .wait)
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
                let (left, top, width) = (size.width / 2 + (x - radius) * scale, size.height / 2 - (y + radius) * scale, 2 * radius * scale)
                return Path(ellipseIn: CGRect(x: left, y: top, width: width, height: width))
            }
            let fence = Tone.good.color(scheme)
            for shape in drawing.shapes {
                let area = circle(shape.xM, shape.yM, shape.radiusM)
                context.fill(area, with: .color(fence.opacity(shape.chosen ? 0.2 : 0.08)))
                context.stroke(area, with: .color(fence), lineWidth: shape.chosen ? 2 : 1)
            }
            for fix in drawing.fixes {
                let dashes = StrokeStyle(lineWidth: 1, dash: [4, 3])
                if let accuracy = fix.accuracyM { context.stroke(circle(fix.xM, fix.yM, accuracy), with: .style(.tint), style: dashes) }
                context.fill(circle(fix.xM, fix.yM, (fix.chosen ? 4 : 2) / scale), with: .style(.tint))
            }
        }
        .aspectRatio(1.6, contentMode: .fit)
        .accessibilityLabel(spoken)
        .called("place-picture")
    }

    private var spoken: Text {
        let site = site.map { Text(verbatim: $0) } ?? say("common.unnamed_site")
        switch drawing.fixes.isEmpty ? .notEvaluated : verdict {
        case .inside: return say("a11y.drawing_inside \(site)")
        case .outside: return say("a11y.drawing_outside \(site)")
        case .uncertain: return say("a11y.drawing_uncertain \(site)")
        case .notEvaluated: return say("a11y.drawing_no_fix")
        }
    }
}
