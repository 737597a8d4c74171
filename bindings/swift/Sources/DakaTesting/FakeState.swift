import Daka
import Foundation

extension FakeDakaClient.State {
    /// The button goes back and forth.
    var offer: Asked { punches.first?.asked == .in ? .out : .in }

    var home: HomeState {
        HomeState(
            employer: employer, standing: standing, offer: offer, offerWhys: [], date: today, dayEndsMs: dayEnds,
            today: punches.filter { $0.date == today }.reversed(), recent: Array(punches.prefix(20)), queue: queue,
            sites: sites, rules: nil, zone: nil, word: word,
            consentAsked: !consent.isEmpty, locationConsent: agrees(to: .location), radioConsent: agrees(to: .radio), storage: storage)
    }

    private func agrees(to purpose: Purpose) -> Bool { consent.contains { $0.purpose == purpose && $0.granted } }

    var queue: QueueState {
        let waiting = punches.filter { $0.state == .waiting }
        let next = NextAttempt(reason: .unreachable, dueMs: wallMs, attempts: 1)
        return QueueState(
            waiting: UInt64(waiting.count), putAside: 0, refused: 0, photos: 0, unsigned: 0,
            sinceMs: waiting.last?.wallMs, next: reachable || waiting.isEmpty ? nil : next)
    }

    mutating func punch(_ request: PunchRequest) -> PunchResult {
        let same = punches.first {
            $0.asked == request.asked && $0.field == request.field && abs($0.wallMs - wallMs) < 1000
        }
        if let same, request.trigger == .tap { return result(of: same, place: nil, repeated: true) }
        let line = PunchLine(
            id: number(digits: 32), seq: UInt64(punches.count + 1), epoch: 0, asked: request.asked,
            shown: request.shown, field: request.field, wallMs: wallMs, offsetMin: offsetMin, date: today,
            otherOffset: false, word: word, place: place, state: .waiting,
            photos: UInt64(request.photos.count), note: request.note != nil)
        punches.insert(line, at: 0)
        if request.field != nil { draft = nil }
        extras[line.id] = Extras(
            notes: [request.note].compactMap { $0 }, visits: [request.visit].compactMap { $0 }, photos: request.photos)
        return result(of: line, place: place, repeated: false)
    }

    func result(of line: PunchLine, place: PlaceState?, repeated: Bool) -> PunchResult {
        let open = TimeBounds(earliestMs: nil, earliestFrom: .none, latestMs: nil, latestFrom: .none)
        return PunchResult(
            id: line.id, seq: line.seq, asked: line.asked, wallMs: line.wallMs, offsetMin: line.offsetMin,
            date: line.date, interval: open, word: line.word, place: place, siteName: nil, whys: [], repeated: repeated,
            leftOut: [])
    }

    mutating func sync() -> SyncReport {
        let waiting = queue.waiting
        if reachable { punches = punches.map { $0.with(state: .received) } }
        return SyncReport(
            delivered: reachable ? waiting : 0, putAside: 0, refused: 0, photos: 0, photosRefused: 0, anchored: false,
            rulesChanged: false, refilled: false, waiting: queue.waiting, next: queue.next, stopped: false)
    }

    mutating func change(_ punch: String, _ changed: (PunchLine) -> PunchLine) throws(DakaError) {
        guard let at = punches.firstIndex(where: { $0.id == punch }) else { throw DakaError(.unknownPunch, field: "punch") }
        punches[at] = changed(punches[at])
    }

    /// A name that was not there before.
    mutating func number(digits: Int) -> String {
        numbers += 1
        let number = String(numbers, radix: 16)
        return String(repeating: "0", count: digits - number.count) + number
    }
}

extension PunchLine {
    func with(
        place: PlaceState? = nil, state: PunchState? = nil, photos: UInt64? = nil, note: Bool? = nil
    ) -> PunchLine {
        PunchLine(
            id: id, seq: seq, epoch: epoch, asked: asked, shown: shown, field: field, wallMs: wallMs, offsetMin: offsetMin,
            date: date, otherOffset: otherOffset, word: word, place: place ?? self.place, state: state ?? self.state, photos: photos ?? self.photos,
            note: note ?? self.note)
    }
}
