import Foundation

// Darwin's calls that the clock uses, with the types of <mach/mach_time.h> and <sys/sysctl.h>. They are here because every module of
// Apple's brings Darwin along, and a module of that name would tell SwiftPM that this is a Mac.

public typealias kern_return_t = Int32
public struct mach_timebase_info_data_t {
    public var numer: UInt32 = 1
    public var denom: UInt32 = 1
    public init() {}  // = swift
}
@discardableResult public func mach_timebase_info(_ info: UnsafeMutablePointer<mach_timebase_info_data_t>) -> kern_return_t { 0 }  // = swift
public func mach_continuous_time() -> UInt64 { UInt64(ProcessInfo.processInfo.systemUptime * 1_000_000_000) }  // = swift
public func sysctlbyname(_ name: UnsafePointer<CChar>, _ oldp: UnsafeMutableRawPointer?, _ oldlenp: UnsafeMutablePointer<Int>?, _ newp: UnsafeMutableRawPointer?, _ newlen: Int) -> Int32 { -1 }  // = swift
