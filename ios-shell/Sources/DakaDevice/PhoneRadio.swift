import Daka
import NetworkExtension

/// The access point that the phone is connected to, where the app is entitled to know and the location is allowed; else unreadable.
@MainActor public final class PhoneRadio {
    private var heard: (bssid: [UInt8], at: ContinuousClock.Instant)?

    public init() {}

    /// Looks, and remembers what it saw for ``signals()``.
    public func look() async {
        heard = await Self.connected().flatMap { Self.bytes($0) }.map { ($0, ContinuousClock.now) }
    }

    /// The system answers "nothing" alike for no entitlement, no leave and no network.
    private nonisolated static func connected() async -> String? { await NEHotspotNetwork.fetchCurrent()?.bssid }

    public func signals() -> [RadioSignal]? {
        guard let heard else { return nil }
        let age = (ContinuousClock.now - heard.at) / .milliseconds(1)
        return [RadioSignal(kind: .wifi, id: Data(heard.bssid), ageMs: UInt64(max(0, age)), connected: true)]
    }

    /// "a:b0:…" as the system writes it, without leading zeros: six bytes.
    static func bytes(_ bssid: String) -> [UInt8]? {
        let parts = bssid.split(separator: ":").map { UInt8($0, radix: 16) }
        guard parts.count == 6, !parts.contains(nil) else { return nil }
        return parts.compactMap { $0 }
    }
}
