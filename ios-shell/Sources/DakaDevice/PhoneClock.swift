import Daka
import UIKit  // and with it Darwin

/// The phone's clocks: the wall clock and its offset, a clock that counts through sleep, and the name of this run of the system.
public final class PhoneClock: PlatformClock, @unchecked Sendable {
    private let scale: (numerator: UInt64, denominator: UInt64)

    public init() {
        var info = mach_timebase_info_data_t()
        mach_timebase_info(&info)
        scale = (UInt64(info.numer), UInt64(max(1, info.denom)))
    }

    public func read() throws -> ClockReading {
        let ticks = mach_continuous_time()
        let now = Date()
        guard let boot = Self.boot() else { throw PlatformFailure.Refused(reason: "the system does not name its boot session") }
        return ClockReading(
            wallMs: Int64(now.timeIntervalSince1970 * 1000),
            offsetMin: Int16(clamping: TimeZone.current.secondsFromGMT(for: now) / 60),
            elapsedMs: Self.nanoseconds(ticks, scale.numerator, scale.denominator) / 1_000_000, boot: boot)
    }

    /// Whole parts first: a scale may come unreduced, and ticks × numerator overflow within minutes then.
    static func nanoseconds(_ ticks: UInt64, _ numerator: UInt64, _ denominator: UInt64) -> UInt64 {
        ticks / denominator * numerator + ticks % denominator * numerator / denominator
    }

    private static func boot() -> String? {
        var name = [CChar](repeating: 0, count: 64)
        var size = name.count
        guard sysctlbyname("kern.bootsessionuuid", &name, &size, nil, 0) == 0, size > 1 else { return nil }
        return String(decoding: name.prefix(size - 1).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
